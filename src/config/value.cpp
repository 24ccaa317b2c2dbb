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

namespace orrery::config {
namespace {

struct UnitRow {
  std::string_view suffix;
  std::int64_t factor;
};
// The empty suffix is what a plain number means.
constexpr std::array kDurationUnits{UnitRow{"", 1000}, UnitRow{"ms", 1}, UnitRow{"s", 1000}, UnitRow{"m", 60'000},
                                    UnitRow{"h", 3'600'000}};
constexpr std::array kSizeUnits{UnitRow{"", 1}, UnitRow{"k", 1LL << 10U}, UnitRow{"m", 1LL << 20U},
                                UnitRow{"g", 1LL << 30U}};
constexpr std::array kCountUnits{UnitRow{"", 1}};
// 10^9 times the largest factor, 2^30, still fits 63 bits.
constexpr std::size_t kFractionDigits = 9;

enum class Trouble : std::uint8_t { kNone, kMalformed, kTooLarge, kNegative, kTooFine };

struct Number {
  std::int64_t value = 0;
  Trouble trouble = Trouble::kNone;
};

/// A decimal number cut into what stands before the point, after it, and the unit.
struct Parts {
  std::string_view whole, fraction, suffix;
};

std::optional<Parts> cut(std::string_view text) {
  const auto digits_end = [&](std::size_t from) {
    while (from < text.size() && base::is_digit(text[from])) ++from;
    return from;
  };
  Parts parts;
  std::size_t at = digits_end(0);
  parts.whole = text.substr(0, at);
  if (parts.whole.empty()) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    const auto end = digits_end(at + 1);
    parts.fraction = text.substr(at + 1, end - at - 1);
    if (parts.fraction.empty()) return std::nullopt;
    at = end;
  }
  while (at < text.size() && text[at] == ' ') ++at;
  parts.suffix = text.substr(at);
  return parts;
}

/// Exact: 0.1 s is 100 ms, never 99.
Number scale(const Parts& parts, std::int64_t factor) {
  Number number;
  const auto end = std::from_chars(parts.whole.data(), parts.whole.data() + parts.whole.size(), number.value);
  if (end.ec != std::errc{} || __builtin_mul_overflow(number.value, factor, &number.value)) {
    return {0, Trouble::kTooLarge};
  }
  const auto digits = parts.fraction.substr(0, parts.fraction.find_last_not_of('0') + 1);
  if (digits.size() > kFractionDigits) return {0, Trouble::kTooFine};
  std::int64_t numerator = 0, denominator = 1;
  for (const char c : digits) {
    numerator = numerator * 10 + (c - '0');
    denominator *= 10;
  }
  if (numerator * factor % denominator != 0) return {0, Trouble::kTooFine};
  if (__builtin_add_overflow(number.value, numerator * factor / denominator, &number.value)) {
    return {0, Trouble::kTooLarge};
  }
  return number;
}

template <class Units>
Number read_number(std::string_view text, const Units& units) {
  const bool negative = text.size() > 1 && text[0] == '-';
  const bool sign = negative || (text.size() > 1 && text[0] == '+');
  const auto parts = cut(sign ? text.substr(1) : text);
  if (!parts) return {0, Trouble::kMalformed};
  const auto suffix = base::lower_case(parts->suffix);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const UnitRow& row) { return row.suffix == suffix; });
  if (unit == units.end()) return {0, Trouble::kMalformed};
  if (negative) return {0, Trouble::kNegative};
  return scale(*parts, unit->factor);
}

Number read_number(const Setting& setting, std::string_view text) {
  if (setting.kind == Kind::kDuration) return read_number(text, kDurationUnits);
  if (setting.kind == Kind::kSize) return read_number(text, kSizeUnits);
  return read_number(text, kCountUnits);
}

std::string_view how_to_write(const Setting& setting) {
  switch (setting.kind) {
    case Kind::kDuration: return "a time; write seconds, or a number with ms, s, m or h, such as 30s";
    case Kind::kSize: return "a size; write bytes, or a number with k, m or g, such as 64k";
    default: return "a whole number";
  }
}

std::string out_of_range(const Setting& setting, std::string_view shown) {
  return fmt::format("{} is out of range; it must be {}", shown, describe_range(setting));
}

Result<std::int64_t> read_integer(const Setting& setting, const std::string& text) {
  if (!setting.zero_word.empty() && base::lower_case(text) == setting.zero_word) return 0;
  const Number number = read_number(setting, text);
  const bool zero = number.value == 0 && !setting.zero_word.empty();
  switch (number.trouble) {
    case Trouble::kNone:
      if (zero || number.value > setting.range.most) break;
      return number.value;
    case Trouble::kMalformed:
      return fail(fmt::format("`{}` is not {}{}", text, how_to_write(setting),
                              setting.zero_word.empty() ? "" : fmt::format(" or `{}`", setting.zero_word)));
    case Trouble::kTooFine:
      return fail(fmt::format("`{}` is too fine; write a whole number of {}", text,
                              setting.kind == Kind::kDuration ? "milliseconds" : setting.unit));
    case Trouble::kTooLarge:
    case Trouble::kNegative: break;
  }
  return fail(out_of_range(setting, text));
}

Result<bool> read_switch(const std::string& text) {
  const auto word = base::lower_case(text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return fail(fmt::format("`{}` is neither true nor false; write one of them", text));
}

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

Result<std::string> read_text(const std::string& text) {
  const auto control =
      std::find_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control == text.end()) return text;
  return fail(
      fmt::format("it holds a control character (byte 0x{:02X}); remove it", static_cast<unsigned char>(*control)));
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

template <class Units>
std::string print_scaled(std::int64_t value, const Units& units) {
  const UnitRow* best = nullptr;
  for (const UnitRow& unit : units) {
    if (value % unit.factor == 0 && (best == nullptr || unit.factor >= best->factor)) best = &unit;
  }
  return fmt::format("{}{}", value / best->factor, best->suffix);
}

std::string print_duration(std::int64_t ms) {
  // Not minutes: 90s beside 2m is harder to compare than 90s beside 120s.
  static constexpr std::array kShown{UnitRow{"ms", 1}, UnitRow{"s", 1000}};
  return ms == 0 ? "0" : print_scaled(ms, kShown);
}

std::string print_number(const Setting& setting, std::int64_t value) {
  switch (setting.kind) {
    case Kind::kDuration: return print_duration(value);
    case Kind::kSize: return value == 0 ? "0" : print_scaled(value, kSizeUnits);
    case Kind::kMode: return fmt::format("{:03o}", value);
    default: return std::to_string(value);
  }
}

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

Result<void> assign_list(std::vector<std::string>& member, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (text.find('\0') != std::string::npos) return fail("it holds a NUL byte; remove it");
  }
  member = texts;
  return {};
}

}  // namespace

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

std::string describe_range(const Setting& setting) {
  if (setting.kind == Kind::kChoice) {
    std::vector<std::string_view> words;
    for (const Choice& choice : setting.choices) words.push_back(choice.word);
    return base::joined(words, ", ");
  }
  if (setting.kind == Kind::kText || setting.kind == Kind::kSwitch) return "";
  const auto least = print_number(setting, setting.range.least);
  if (setting.range.most == INT64_MAX) return least + " or more";
  const auto text = fmt::format("{} to {}", least, print_number(setting, setting.range.most));
  return setting.zero_word.empty() ? text : fmt::format("{}, or `{}`", text, setting.zero_word);
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
