// Short decimals: numbers as people type them (145.051, -39.754, 0) read and written at a tenth of the general price.
//
// Exact, not approximate: whatever these do is what std::from_chars and the shortest std::to_chars do, and what they cannot do
// exactly they leave to them. Both rest on one fact: integers below 2^53 and powers of ten up to 10^22 are doubles, so
// one division rounds once (Clinger, "How to read floating point numbers accurately", 1990).
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery::planets::decimal {

inline constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// The number `[-]digits[.digits]` with at most 15 digits; nothing for any other text.
inline std::optional<double> read(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint64_t digits = 0;
  std::size_t count = 0;
  std::size_t fraction = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point && count > 0) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || ++count > 15) return {};
    digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
    fraction += point ? 1 : 0;
  }
  if (count == 0 || (point && fraction == 0)) return {};
  const double value = static_cast<double>(digits) / kPowers[fraction];
  return negative ? -value : value;
}

/// Writes the shortest text that reads back as `value` and returns its end; null when that has more than nine decimals or 15
/// digits. `to` needs 20 characters.
inline char* write(char* to, double value) noexcept {
  // Two decimals of at most 15 digits are never the same double: so the one found here is the shortest there is.
  const double scaled = value * 1e9;
  if (!(std::abs(scaled) < 1e15)) return nullptr;
  const auto billionths = static_cast<std::int64_t>(std::nearbyint(scaled));
  if (static_cast<double>(billionths) / 1e9 != value || (billionths == 0 && std::signbit(value)))
    return nullptr;
  std::uint64_t size = static_cast<std::uint64_t>(billionths < 0 ? -billionths : billionths);
  if (billionths < 0) *to++ = '-';
  to = std::to_chars(to, to + 8, size / 1'000'000'000).ptr;
  std::uint64_t fraction = size % 1'000'000'000;
  if (fraction == 0) return to;
  *to++ = '.';
  int digits = 9;
  for (; fraction % 10 == 0; fraction /= 10) --digits;
  for (int i = digits - 1; i >= 0; --i, fraction /= 10) to[i] = static_cast<char>('0' + fraction % 10);
  return to + digits;
}

}  // namespace orrery::planets::decimal
