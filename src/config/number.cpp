#include "config/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <optional>
#include <string_view>
#include <vector>

#include "base/joined.hpp"
#include "base/lower_case.hpp"
#include "base/text.hpp"

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
  Number number = scale(*parts, unit->factor);
  if (negative && number.trouble == Trouble::kNone) number = {-number.value, Trouble::kNegative};
  return number;
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

}  // namespace

std::string print_number(const Setting& setting, std::int64_t value) {
  switch (setting.kind) {
    case Kind::kDuration: return print_duration(value);
    case Kind::kSize: return value == 0 ? "0" : print_scaled(value, kSizeUnits);
    case Kind::kMode: return fmt::format("{:03o}", value);
    default: return std::to_string(value);
  }
}

std::string out_of_range(const Setting& setting, std::string_view shown) {
  return fmt::format("{} is out of range; it must be {}", shown, describe_range(setting));
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
    case Trouble::kNegative:
      if (setting.range.least >= 0 || number.value < setting.range.least) break;
      return number.value;
    case Trouble::kTooLarge: break;
  }
  return fail(out_of_range(setting, text));
}

}  // namespace orrery::config
