#include "migrate/statements.hpp"

#include <algorithm>
#include <utility>

#include "migrate/text_lines.hpp"

namespace orrery::migrate {
namespace {

class Cutter {
 public:
  explicit Cutter(std::string_view text) : rest_(text) {}

  std::vector<Statement> run() {
    while (!rest_.empty()) step();
    finish();
    return std::move(statements_);
  }

 private:
  void step() {
    const char c = rest_[0];
    if (c == '"' || c == '\'') return take_string();
    if (c == '#') return drop(std::min(rest_.find('\n'), rest_.size()));
    if (rest_.starts_with("\\\n")) {
      text_ += ' ';
      return drop(2);
    }
    if (std::string_view{"([{"}.find(c) != std::string_view::npos) ++depth_;
    if (std::string_view{")]}"}.find(c) != std::string_view::npos) depth_ = std::max(depth_ - 1, 0);
    if (depth_ == 0 && (c == '\n' || c == ';')) {
      finish();
      at_line_start_ = c == '\n';
      return drop(1);
    }
    keep(1);
  }

  /// To its closing quote; one of a single line ends with the line at the latest.
  void take_string() {
    const auto quote = rest_.substr(0, rest_.starts_with("\"\"\"") || rest_.starts_with("'''") ? 3 : 1);
    std::size_t end = quote.size();
    while (end < rest_.size() && rest_.substr(end, quote.size()) != quote) {
      if (quote.size() == 1 && rest_[end] == '\n') return keep(end);
      end += rest_[end] == '\\' ? 2U : 1U;
    }
    keep(std::min(end + quote.size(), rest_.size()));
  }

  void keep(std::size_t count) {
    const auto part = rest_.substr(0, count);
    if (trimmed(text_).empty() && !trimmed(part).empty()) {
      first_line_ = line_;
      indented_ = !text_.empty();
    }
    if (trimmed(text_).empty() && part == "\n") text_.clear();
    text_ += part;
    drop(count);
  }

  void drop(std::size_t count) {
    line_ += static_cast<int>(std::ranges::count(rest_.substr(0, count), '\n'));
    rest_.remove_prefix(count);
  }

  void finish() {
    const auto text = trimmed(text_);
    // Behind a `;` the statement belongs to the line before it.
    const bool inside = at_line_start_ ? indented_ : !statements_.empty() && statements_.back().indented;
    if (!text.empty()) statements_.push_back({std::string{text}, first_line_, inside});
    text_.clear();
    indented_ = false;
  }

  std::string_view rest_;
  std::vector<Statement> statements_;
  std::string text_;
  int line_ = 1;
  int first_line_ = 1;
  int depth_ = 0;
  bool indented_ = false;
  bool at_line_start_ = true;
};

}  // namespace

std::vector<Statement> cut_statements(std::string_view text) { return Cutter(text).run(); }

}  // namespace orrery::migrate
