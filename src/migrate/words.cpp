#include "migrate/words.hpp"

#include <algorithm>
#include <utility>

#include "config/expansion.hpp"

namespace orrery::migrate {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `${…}` of a shell in our form; empty where we have none.
std::string our_reference(std::string_view inside) {
  const auto name = inside.substr(0, config::variable_name_length(inside));
  auto rest = inside.substr(name.size());
  if (name.empty()) return "";
  if (rest.empty()) return "${" + std::string{name} + "}";
  if (rest.starts_with(":-")) {
    rest.remove_prefix(2);
  } else if (rest.starts_with("-")) {
    rest.remove_prefix(1);
  } else {
    return "";
  }
  if (rest.find_first_of("$`{}\"'") != std::string_view::npos) return "";
  return "${" + std::string{name} + ":-" + std::string{rest} + "}";
}

class Cutter {
 public:
  Cutter(std::string_view text, Dialect dialect, bool splits) : rest_(text), dialect_(dialect), splits_(splits) {}

  std::vector<Words> run() {
    while (!rest_.empty()) step();
    finish_command();
    return std::move(commands_);
  }

 private:
  [[nodiscard]] bool shell() const { return dialect_ == Dialect::kShell; }

  void step() {
    if (rest_.starts_with("{{") || rest_.starts_with("{%")) return take_template();
    if (quote_ == '\'' && shell()) return rest_[0] == '\'' ? close_quote() : keep(rest_[0]);
    if (take_reference()) return;
    if (!splits_) return keep(rest_[0]);
    if (quote_ != 0) return take_quoted();
    take_bare();
  }

  void take_bare() {
    const char c = rest_[0];
    if (c == '\\') return take_escape();
    if (c == '"' || c == '\'') {
      quote_ = c;
      begun_ = true;
      return rest_.remove_prefix(1);
    }
    if (shell() && std::string_view{"\n;|&"}.find(c) != std::string_view::npos) {
      rest_.remove_prefix(1);
      return finish_command();
    }
    if (shell() && (c == '<' || c == '>')) return take_redirection();
    if (!is_space(c)) return keep(c);
    rest_.remove_prefix(1);
    finish_word();
  }

  void take_quoted() {
    if (rest_[0] == quote_) return close_quote();
    const char next = rest_.size() > 1 ? rest_[1] : '\0';
    const bool escape =
        rest_[0] == '\\' && quote_ == '"' && std::string_view{"\"\\$`\n"}.find(next) != std::string_view::npos;
    if (escape && next != '\0') return take_escape();
    keep(rest_[0]);
  }

  void close_quote() {
    quote_ = 0;
    rest_.remove_prefix(1);
  }

  void take_escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return;
    if (rest_[0] == '\n') return rest_.remove_prefix(1);
    keep(rest_[0]);
  }

  /// `> file`, `2>&1`: of no meaning for the server. A number in front of it is a descriptor.
  void take_redirection() {
    if (begun_ && is_digits(word_.source)) {
      word_ = {};
      begun_ = false;
    }
    finish_word();
    while (!rest_.empty() && std::string_view{"<>&"}.find(rest_[0]) != std::string_view::npos) rest_.remove_prefix(1);
    skip_word_ = true;
  }

  bool take_reference() {
    switch (dialect_) {
      case Dialect::kShell: return rest_[0] == '`' ? take_opaque(1, "`") : take_shell_dollar();
      case Dialect::kUnit: return take_dollar() || take_specifier();
      case Dialect::kCompose: return take_dollar();
      case Dialect::kSupervisor: return take_percent();
      case Dialect::kKubernetes: return take_parenthesised();
      case Dialect::kExec: break;
    }
    return false;
  }

  bool take_shell_dollar() {
    if (rest_.starts_with("$((")) return take_opaque(3, "))");
    if (rest_.starts_with("$(")) return take_substitution();
    if (rest_.size() > 1 && rest_[0] == '$' &&
        std::string_view{"$@*#?!0123456789"}.find(rest_[1]) != std::string_view::npos)
      return take_raw(2);
    return take_dollar();
  }

  /// To the parenthesis that belongs to the first one.
  bool take_substitution() {
    std::size_t end = 2;
    for (int open = 1; end < rest_.size() && open > 0; ++end) {
      if (rest_[end] == '(') ++open;
      if (rest_[end] == ')') --open;
    }
    return take_raw(end);
  }

  /// $$, ${NAME}, $NAME.
  bool take_dollar() {
    if (rest_[0] != '$') return false;
    if (rest_.starts_with("$$")) {
      rest_.remove_prefix(1);
      keep('$');
      return true;
    }
    if (rest_.starts_with("${")) {
      const auto end = rest_.find('}');
      const auto ours = end == std::string_view::npos ? "" : our_reference(rest_.substr(2, end - 2));
      if (ours.empty()) return take_raw(end == std::string_view::npos ? rest_.size() : end + 1);
      return put(ours, end + 1);
    }
    const auto length = config::variable_name_length(rest_.substr(1));
    if (length == 0) return false;
    return put("${" + std::string{rest_.substr(1, length)} + "}", length + 1);
  }

  bool take_specifier() {
    if (rest_[0] != '%' || rest_.size() < 2) return false;
    if (rest_[1] != '%') return take_raw(2);
    rest_.remove_prefix(1);
    keep('%');
    return true;
  }

  bool take_percent() {
    if (rest_.starts_with("%%")) {
      rest_.remove_prefix(1);
      keep('%');
      return true;
    }
    if (!rest_.starts_with("%(")) return false;
    const auto end = rest_.find(')');
    const auto name = rest_.substr(2, end == std::string_view::npos ? end : end - 2);
    const bool variable = name.starts_with("ENV_") && config::is_variable_name(name.substr(4));
    if (!variable) return take_raw(std::min(rest_.size(), end == std::string_view::npos ? end : end + 2));
    return put("${" + std::string{name.substr(4)} + "}", std::min(rest_.size(), end + 2));
  }

  bool take_parenthesised() {
    if (rest_.starts_with("$$(")) {
      rest_.remove_prefix(1);
      keep('$');
      return true;
    }
    const auto end = rest_.find(')');
    if (!rest_.starts_with("$(") || end == std::string_view::npos) return false;
    const auto name = rest_.substr(2, end - 2);
    return config::is_variable_name(name) && put("${" + std::string{name} + "}", end + 1);
  }

  bool take_opaque(std::size_t from, std::string_view close) {
    const auto end = rest_.find(close, from);
    return take_raw(end == std::string_view::npos ? rest_.size() : end + close.size());
  }

  void take_template() {
    const auto end = rest_.find(rest_[1] == '{' ? "}}" : "%}");
    take_raw(end == std::string_view::npos ? rest_.size() : end + 2);
  }

  bool take_raw(std::size_t count) {
    word_.text += rest_.substr(0, count);
    word_.source += rest_.substr(0, count);
    word_.plain = false;
    return advance(count);
  }

  bool put(const std::string& reference, std::size_t count) {
    word_.text += reference;
    word_.source += reference;
    return advance(count);
  }

  bool advance(std::size_t count) {
    begun_ = true;
    rest_.remove_prefix(std::min(count, rest_.size()));
    return true;
  }

  void keep(char c) {
    word_.text += c;
    if (c == '$') word_.text += c;
    word_.source += c;
    advance(1);
  }

  void finish_word() {
    if (begun_ && !std::exchange(skip_word_, false)) words_.push_back(std::move(word_));
    word_ = {};
    begun_ = false;
  }

  void finish_command() {
    finish_word();
    skip_word_ = false;
    if (!words_.empty()) commands_.push_back(std::exchange(words_, {}));
  }

  std::string_view rest_;
  Dialect dialect_;
  bool splits_;
  std::vector<Words> commands_;
  Words words_;
  Word word_;
  bool begun_ = false;
  bool skip_word_ = false;
  char quote_ = 0;
};

}  // namespace

std::vector<Words> split_commands(std::string_view text, Dialect dialect) { return Cutter(text, dialect, true).run(); }

Word read_word(std::string_view text, Dialect dialect) {
  const auto commands = Cutter(text, dialect, false).run();
  return commands.empty() ? Word{} : commands.front().front();
}

Word literal(std::string_view text) {
  Word word;
  word.source = text;
  for (const char c : text) word.text.append(c == '$' ? 2 : 1, c);
  return word;
}

}  // namespace orrery::migrate
