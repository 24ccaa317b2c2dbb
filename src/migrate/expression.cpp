#include "migrate/expression.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "base/whole_number.hpp"
#include "config/expansion.hpp"
#include "migrate/text_lines.hpp"
#include "migrate/words.hpp"

namespace orrery::migrate {
namespace {

using Kind = Value::Kind;

// Deeper brackets are no settings.
constexpr int kDeepest = 50;

Value unknown() { return {}; }
Value text_value(Word word) { return {Kind::kText, std::move(word)}; }
Value number_value(std::int64_t number) { return {Kind::kNumber, literal(std::to_string(number)), number}; }
Value truth(bool value) { return {Kind::kTruth, literal(value ? "true" : "false"), value ? 1 : 0}; }

bool has_text(const Value& value) { return value.kind == Kind::kText || value.kind == Kind::kNumber; }

Word joined(Word a, const Word& b) {
  a.text += b.text;
  a.source += b.source;
  a.plain = a.plain && b.plain;
  return a;
}

/// A variable of the environment. A default that the file's form cannot hold makes the value unknown.
Value variable(const Value& name, const std::optional<Value>& fallback) {
  if (name.kind != Kind::kText || !config::is_variable_name(name.word.text)) return unknown();
  std::string text = "${" + name.word.text;
  if (fallback && fallback->kind != Kind::kNone) {
    const bool fits = has_text(*fallback) && fallback->word.text.find_first_of("$}") == std::string::npos;
    if (!fits) return unknown();
    text += ":-" + fallback->word.text;
  }
  text += '}';
  return text_value({text, text, true});
}

Value sum(const Value& a, const Value& b, char sign) {
  if (a.kind == Kind::kCpus || b.kind == Kind::kCpus) return {Kind::kCpus};
  if (a.kind == Kind::kText && b.kind == Kind::kText && sign == '+') return text_value(joined(a.word, b.word));
  if (a.kind == Kind::kList && b.kind == Kind::kList && sign == '+') {
    Value both = a;
    both.items.insert(both.items.end(), b.items.begin(), b.items.end());
    return both;
  }
  if (a.kind != Kind::kNumber || b.kind != Kind::kNumber) return unknown();
  std::int64_t result = 0;
  const bool overflow = sign == '+'   ? __builtin_add_overflow(a.number, b.number, &result)
                        : sign == '-' ? __builtin_sub_overflow(a.number, b.number, &result)
                                      : __builtin_mul_overflow(a.number, b.number, &result);
  if (overflow) return unknown();
  return number_value(result);
}

class Parser {
 public:
  Parser(std::string_view text, const Names& names, int depth) : rest_(text), names_(names), depth_(depth) {}

  Value whole() {
    Value value = choice();
    skip();
    // `a, b` without brackets is a tuple.
    if (!rest_.empty() && rest_[0] == ',') {
      std::vector<Value> items{std::move(value)};
      while (take(",") && (skip(), !rest_.empty())) items.push_back(choice());
      value = {Kind::kList, {}, 0, std::move(items)};
      skip();
    }
    return rest_.empty() ? value : unknown();
  }

 private:
  void skip() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0])) != 0) rest_.remove_prefix(1);
  }

  bool take(std::string_view what) {
    skip();
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  bool take_word(std::string_view word) {
    skip();
    const auto next = rest_.size() > word.size() ? rest_[word.size()] : ' ';
    const bool ends = std::isalnum(static_cast<unsigned char>(next)) == 0 && next != '_';
    return rest_.starts_with(word) && ends && take(word);
  }

  /// `os.environ.get("A") or "b"`.
  Value choice() {
    Value value = sums();
    while (take_word("or")) {
      const Value other = sums();
      const std::string& text = value.word.text;
      const bool variable_alone = value.kind == Kind::kText && text.starts_with("${") &&
                                  text.find('}') == text.size() - 1 && text.find(":-") == std::string::npos;
      if (!variable_alone) {
        value = unknown();
        continue;
      }
      value = variable(text_value(literal(text.substr(2, text.size() - 3))), other);
    }
    return value;
  }

  Value sums() {
    Value value = products();
    for (;;) {
      if (take("+")) {
        value = sum(value, products(), '+');
      } else if (take("-")) {
        value = sum(value, products(), '-');
      } else {
        return value;
      }
    }
  }

  Value products() {
    Value value = atom();
    for (;;) {
      skip();
      if (rest_.starts_with("**") || rest_.empty()) return value;
      if (take("*")) {
        value = sum(value, atom(), '*');
      } else if (take("//") || take("/")) {
        const Value by = atom();
        const bool cpus = value.kind == Kind::kCpus && by.kind == Kind::kNumber;
        value = cpus ? value : unknown();
      } else {
        return value;
      }
    }
  }

  Value atom() {
    skip();
    if (rest_.empty() || ++depth_ > kDeepest) return unknown();
    Value value = atom_inside();
    --depth_;
    return value;
  }

  Value atom_inside() {
    const char c = rest_[0];
    if (c == '-' && take("-")) return sum(number_value(0), atom(), '-');
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) return number();
    if (string_begins()) return strings();
    if (take("(")) return bracketed(')', false);
    if (take("[")) return bracketed(']', true);
    if (take("{")) return mapping();
    return named();
  }

  Value number() {
    std::string digits;
    while (!rest_.empty() &&
           (std::isalnum(static_cast<unsigned char>(rest_[0])) != 0 || rest_[0] == '_' || rest_[0] == '.')) {
      if (rest_[0] != '_') digits += rest_[0];
      rest_.remove_prefix(1);
    }
    if (const auto whole = base::whole_number<std::int64_t>(digits)) return number_value(*whole);
    const int radix = digits.starts_with("0o") ? 8 : digits.starts_with("0x") ? 16 : digits.starts_with("0b") ? 2 : 0;
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    if (radix != 0 && digits.size() > 2 && std::from_chars(digits.data() + 2, end, value, radix).ptr == end)
      return number_value(value);
    if (digits.find_first_not_of("0123456789.") == std::string::npos) return text_value(literal(digits));
    return unknown();
  }

  [[nodiscard]] bool string_begins() const {
    const auto prefix = std::min(rest_.find_first_not_of("rRbBuUfF"), rest_.size());
    return prefix <= 2 && prefix < rest_.size() && (rest_[prefix] == '"' || rest_[prefix] == '\'');
  }

  /// Strings side by side are one.
  Value strings() {
    Value value = string();
    for (skip(); !rest_.empty() && string_begins(); skip()) {
      const Value more = string();
      value =
          value.kind == Kind::kText && more.kind == Kind::kText ? text_value(joined(value.word, more.word)) : unknown();
    }
    return value;
  }

  Value string() {
    const auto prefix_size = rest_.find_first_of("\"'");
    const auto prefix = rest_.substr(0, prefix_size);
    rest_.remove_prefix(prefix_size);
    const auto quote = rest_.substr(0, rest_.starts_with("\"\"\"") || rest_.starts_with("'''") ? 3 : 1);
    rest_.remove_prefix(quote.size());
    const bool raw = prefix.find_first_of("rR") != std::string_view::npos;
    std::string content;
    while (!rest_.starts_with(quote)) {
      if (rest_.empty()) return unknown();
      if (rest_[0] == '\\' && !raw && rest_.size() > 1) {
        if (!take_escape(content)) return unknown();
      } else {
        content += rest_[0];
        rest_.remove_prefix(1);
      }
    }
    rest_.remove_prefix(quote.size());
    if (prefix.find_first_of("fF") != std::string_view::npos) return formatted(content);
    return text_value(literal(content));
  }

  bool take_escape(std::string& content) {
    static constexpr std::string_view kLetters = "\\'\"ntr\n", kMeant = "\\'\"\n\t\r";
    const auto at = kLetters.find(rest_[1]);
    if (at == std::string_view::npos) {
      if (std::isalnum(static_cast<unsigned char>(rest_[1])) != 0) return false;
      content += '\\';
      content += rest_[1];
    } else if (at < kMeant.size()) {
      content += kMeant[at];
    }
    rest_.remove_prefix(2);
    return true;
  }

  /// The content of an f-string.
  Value formatted(std::string_view content) {
    Word word;
    while (!content.empty()) {
      if (content.starts_with("{{") || content.starts_with("}}")) {
        word = joined(std::move(word), literal(content.substr(0, 1)));
        content.remove_prefix(2);
      } else if (content[0] == '{') {
        const auto end = content.find('}');
        if (end == std::string_view::npos) return unknown();
        const Value part = Parser(content.substr(1, end - 1), names_, depth_ + 1).whole();
        if (!has_text(part)) return unknown();
        word = joined(std::move(word), part.word);
        content.remove_prefix(end + 1);
      } else {
        word = joined(std::move(word), literal(content.substr(0, 1)));
        content.remove_prefix(1);
      }
    }
    return text_value(std::move(word));
  }

  struct Entries {
    std::vector<Value> items;
    bool single = false;  ///< one without a comma behind it
  };

  std::optional<Entries> entries(char close) {
    Entries out;
    const char end[2] = {close, '\0'};
    while (!take(end)) {
      out.items.push_back(choice());
      if (take(",")) continue;
      if (!take(end)) return std::nullopt;
      out.single = out.items.size() == 1;
      return out;
    }
    return out;
  }

  Value bracketed(char close, bool list) {
    auto inside = entries(close);
    if (!inside) return stop();
    if (!list && inside->single) return inside->items.front();
    return {Kind::kList, {}, 0, std::move(inside->items)};
  }

  Value mapping() {
    Value map{Kind::kMap};
    while (!take("}")) {
      map.items.push_back(choice());
      if (!take(":")) return stop();
      map.items.push_back(choice());
      if (take(",")) continue;
      if (!take("}")) return stop();
      return map;
    }
    return map;
  }

  /// Nothing behind this can be read.
  Value stop() {
    rest_ = "?";
    return unknown();
  }

  std::string path() {
    std::string name;
    while (!rest_.empty() &&
           (std::isalnum(static_cast<unsigned char>(rest_[0])) != 0 || rest_[0] == '_' || rest_[0] == '.')) {
      name += rest_[0];
      rest_.remove_prefix(1);
    }
    return name;
  }

  Value named() {
    const std::string name = path();
    if (name.empty()) return stop();
    if (name == "None") return {Kind::kNone};
    if (name == "True" || name == "False") return truth(name == "True");
    if (name == "ssl.CERT_NONE") return number_value(0);
    if (name == "ssl.CERT_OPTIONAL") return number_value(1);
    if (name == "ssl.CERT_REQUIRED") return number_value(2);
    if (take("(")) return called(name);
    const bool environment = name == "os.environ" || name == "environ";
    if (environment && take("[")) {
      const Value list = bracketed(']', true);
      return list.items.size() == 1 ? variable(list.items.front(), std::nullopt) : unknown();
    }
    const auto known = names_.find(name);
    return known == names_.end() ? unknown() : known->second;
  }

  Value called(const std::string& name) {
    const auto inside = entries(')');
    if (!inside) return stop();
    const auto& items = inside->items;
    const bool cpu_count =
        name == "multiprocessing.cpu_count" || name == "cpu_count" || name == "os.cpu_count" || name == "mp.cpu_count";
    if (cpu_count && items.empty()) return {Kind::kCpus};
    const bool getter = name == "os.environ.get" || name == "environ.get" || name == "os.getenv" || name == "getenv";
    if (getter && (items.size() == 1 || items.size() == 2))
      return variable(items[0], items.size() == 2 ? std::optional<Value>{items[1]} : std::nullopt);
    if ((name == "int" || name == "str" || name == "float") && items.size() == 1) return converted(name, items[0]);
    const bool any_cpus = std::ranges::any_of(items, [](const Value& one) { return one.kind == Kind::kCpus; });
    return (name == "min" || name == "max") && any_cpus ? Value{Kind::kCpus} : unknown();
  }

  static Value converted(const std::string& name, const Value& value) {
    if (value.kind == Kind::kCpus) return name == "str" ? unknown() : value;
    if (name == "str" && has_text(value)) return text_value(value.word);
    if (name == "int" && value.kind == Kind::kText) {
      const auto number = base::whole_number<std::int64_t>(value.word.text);
      return number ? number_value(*number) : value;
    }
    return has_text(value) ? value : unknown();
  }

  std::string_view rest_;
  const Names& names_;
  int depth_;
};

}  // namespace

Value evaluate(std::string_view expression, const Names& names) {
  return Parser(trimmed(expression), names, 0).whole();
}

}  // namespace orrery::migrate
