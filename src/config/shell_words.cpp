#include "config/shell_words.hpp"

#include <utility>

namespace orrery::config {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Inside double quotes a backslash is itself before any other character.
bool escapes_in_double_quotes(char c) { return c == '"' || c == '\\' || c == '$' || c == '`'; }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> run() {
    for (at_ = 0; at_ < text_.size(); ++at_) take(text_[at_]);
    if (quote_ != 0) return fail(std::string{"a quote ("} + quote_ + ") is not closed");
    if (escaped_) return fail("it ends in a backslash");
    finish();
    return std::move(words_);
  }

 private:
  void take(char c) {
    if (escaped_) return take_escaped(c);
    if (quote_ != 0) return take_quoted(c);
    if (is_space(c)) return finish();
    begun_ = true;
    if (c == '\\') {
      escaped_ = true;
    } else if (c == '"' || c == '\'') {
      quote_ = c;
    } else {
      word_ += c;
    }
  }

  void take_escaped(char c) {
    if (quote_ == '"' && !escapes_in_double_quotes(c)) word_ += '\\';
    word_ += c;
    escaped_ = false;
  }

  void take_quoted(char c) {
    if (c == quote_) {
      quote_ = 0;
    } else if (c == '\\' && quote_ == '"') {
      escaped_ = true;
    } else {
      word_ += c;
    }
  }

  void finish() {
    if (begun_) words_.push_back(std::exchange(word_, {}));
    begun_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  std::string word_;
  bool begun_ = false;
  bool escaped_ = false;
  char quote_ = 0;
};

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) { return Splitter(text).run(); }

}  // namespace orrery::config
