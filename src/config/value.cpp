#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/core.h>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/joined.hpp"
#include "base/lower_case.hpp"
#include "base/text.hpp"
#include "config/expansion.hpp"
#include "config/number.hpp"

namespace orrery::config {
namespace {

Result<int> read_choice(const Setting& setting, const std::string& text) {
  const auto word = base::lower_case(text);
  for (const Choice& choice : setting.choices) {
    if (choice.word == word) return choice.value;
  }
  return fail(fmt::format("`{}` is not known; choose {}", text, describe_range(setting)));
}

Result<std::optional<std::uint32_t>> read_mode(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::string_view digits = text;
  if (digits.substr(0, 2) == "0o") digits.remove_prefix(2);
  std::uint32_t mode = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  if (digits.empty() || end.ec != std::errc{} || end.ptr != digits.data() + digits.size()) {
    return fail(fmt::format("`{}` is not an octal mode; write it like 022 or 0o22", text));
  }
  return mode;
}

template <class T>
Result<void> store(T& member, Result<T> value) {
  if (!value) return fail(value);
  member = std::move(*value);
  return {};
}

/// Reads one text into the member; what a text means follows from the member's type and the row's kind.
struct Reader {
  const Setting& setting;
  Config& config;
  const std::string& text;

  Result<void> operator()(std::monostate) const { return fail("it holds no value"); }
  Result<void> operator()(bool Config::*member) const { return store(config.*member, read_switch(text)); }
  Result<void> operator()(std::string Config::*member) const { return store(config.*member, read_text(text)); }
  Result<void> operator()(std::optional<std::uint32_t> Config::*member) const {
    return store(config.*member, read_mode(text));
  }
  template <class Enum, class = std::enable_if_t<std::is_enum_v<Enum>>>
  Result<void> operator()(Enum Config::*member) const {
    return choose(config.*member);
  }
  Result<void> operator()(int Config::*member) const { return count(config.*member); }
  Result<void> operator()(std::uint64_t Config::*member) const { return count(config.*member); }
  Result<void> operator()(Config::Milliseconds Config::*member) const { return count(config.*member); }
  Result<void> operator()(std::vector<std::string> Config::*) const { return fail("it is a list"); }

 private:
  template <class Number>
  Result<void> count(Number& member) const {
    const auto value = read_integer(setting, text);
    if (!value) return fail(value);
    member = static_cast<Number>(*value);
    return {};
  }
  template <class Enum>
  Result<void> choose(Enum& member) const {
    const auto value = read_choice(setting, text);
    if (!value) return fail(value);
    member = static_cast<Enum>(*value);
    return {};
  }
};

/// The number behind a member, in the unit of the row's range; nothing for other types.
struct AsInteger {
  const Config& config;
  using Value = std::optional<std::int64_t>;

  Value operator()(int Config::*member) const { return config.*member; }
  Value operator()(Config::Milliseconds Config::*member) const { return (config.*member).count(); }
  Value operator()(std::uint64_t Config::*member) const {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(config.*member, INT64_MAX));
  }
  Value operator()(std::optional<std::uint32_t> Config::*member) const { return config.*member; }
  Value operator()(std::vector<std::string> Config::*member) const {
    return static_cast<std::int64_t>((config.*member).size());
  }
  template <class Other>
  Value operator()(Other) const {
    return std::nullopt;
  }
};

/// The texts behind a member that a row's check looks at.
struct AsTexts {
  const Config& config;
  std::vector<std::string> operator()(std::string Config::*member) const { return {config.*member}; }
  std::vector<std::string> operator()(std::vector<std::string> Config::*member) const { return config.*member; }
  template <class Other>
  std::vector<std::string> operator()(Other) const {
    return {};
  }
};

std::string print_choice(const Setting& setting, int value) {
  for (const Choice& choice : setting.choices) {
    if (choice.value == value) return std::string{choice.word};
  }
  return std::to_string(value);
}

struct Printer {
  const Setting& setting;
  const Config& config;

  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool Config::*member) const { return config.*member ? "true" : "false"; }
  std::string operator()(std::string Config::*member) const { return config.*member; }
  template <class Enum, class = std::enable_if_t<std::is_enum_v<Enum>>>
  std::string operator()(Enum Config::*member) const {
    return print_choice(setting, int(config.*member));
  }
  std::string operator()(std::vector<std::string> Config::*member) const { return base::joined(config.*member, ", "); }
  template <class Numeric>
  std::string operator()(Numeric member) const {
    const auto value = AsInteger{config}(member);
    if (!value) return "";
    if (*value == 0 && !setting.zero_word.empty()) return std::string{setting.zero_word};
    return print_number(setting, *value);
  }
};

Result<void> assign_list(std::vector<std::string>& member, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (text.find('\0') != std::string::npos) return fail("it holds a NUL byte; remove it");
  }
  member = texts;
  return {};
}

}  // namespace

Result<bool> read_switch(const std::string& text) {
  const auto word = base::lower_case(text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return fail(fmt::format("`{}` is neither true nor false; write one of them", text));
}

Result<std::string> read_text(const std::string& text) {
  const auto control =
      std::find_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control == text.end()) return text;
  return fail(
      fmt::format("it holds a control character (byte 0x{:02X}); remove it", static_cast<unsigned char>(*control)));
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : without_expansion(text)) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

Result<void> assign(const Setting& setting, Config& config, const std::vector<std::string>& texts) {
  if (const auto* list = std::get_if<std::vector<std::string> Config::*>(&setting.member)) {
    return assign_list(config.*(*list), texts);
  }
  if (texts.size() != 1) return fail(fmt::format("it takes one value, not {}", texts.size()));
  return std::visit(Reader{setting, config, texts.front()}, setting.member);
}

std::optional<Fault> find_fault(const Setting& setting, const Config& config) {
  const auto value = std::visit(AsInteger{config}, setting.member);
  const bool word = value == 0 && !setting.zero_word.empty();
  if (value && !word && (*value < setting.range.least || *value > setting.range.most)) {
    if (setting.kind != Kind::kList) return Fault{0, out_of_range(setting, print(setting, config))};
    return Fault{0, fmt::format("it has {} {}; it must have {}", *value, setting.unit, describe_range(setting))};
  }
  if (setting.check == nullptr) return std::nullopt;
  const auto texts = std::visit(AsTexts{config}, setting.member);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (auto fine = setting.check(texts[i]); !fine) return Fault{i, fine.error().message};
  }
  return std::nullopt;
}

std::string print(const Setting& setting, const Config& config) {
  return std::visit(Printer{setting, config}, setting.member);
}

std::string print_yaml(const Setting& setting, const Config& config) {
  const bool list = setting.kind == Kind::kList;
  if (!list && setting.kind != Kind::kText) {
    const auto text = print(setting, config);
    return text.empty() ? "\"\"" : text;
  }
  std::vector<std::string> texts = std::visit(AsTexts{config}, setting.member);
  std::transform(texts.begin(), texts.end(), texts.begin(), quoted);
  return list ? "[" + base::joined(texts, ", ") + "]" : texts.front();
}

std::vector<std::string> split_entries(const Setting& setting, std::string_view text) {
  if (setting.separator == 0) return {std::string{text}};
  std::vector<std::string> entries;
  while (!text.empty()) {
    const auto end = std::min(text.find(setting.separator), text.size());
    auto entry = text.substr(0, end);
    while (!entry.empty() && entry.front() == ' ') entry.remove_prefix(1);
    while (!entry.empty() && entry.back() == ' ') entry.remove_suffix(1);
    if (!entry.empty()) entries.emplace_back(entry);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return entries;
}

}  // namespace orrery::config
