// Decimals: doubles read and written as people type them (145.051, -39.754, 0), and results to a fixed place, at a
// fraction of the general price.
//
// What read() and write() do is exactly what std::from_chars and the shortest std::to_chars do, and what they do not do
// they leave to them. Reading rests on one fact: integers below 2^53 and powers of ten up to 10^22 are doubles, so one
// division rounds once (Clinger, "How to read floating point numbers accurately", 1990).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace orrery::planets::decimal {

inline constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// The number `[-]digits[.digits]` with at most 15 digits; nothing for any other text.
inline std::optional<double> read(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  constexpr std::size_t kLongest = std::string_view{"12345678901.2345"}.size();
  const std::size_t size = text.size();
  if (size == 0 || size > kLongest) return {};
  std::uint64_t digits = 0;
  std::size_t point = size;
  for (std::size_t i = 0; i < size; ++i) {
    const auto digit = static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) - '0';
    if (digit <= 9) {
      digits = digits * 10 + digit;
    } else if (text[i] == '.' && point == size && i > 0 && i + 1 < size) {
      point = i;
    } else {
      return {};
    }
  }
  if (point == size) {
    if (size == kLongest) return {};
    return negative ? -static_cast<double>(digits) : static_cast<double>(digits);
  }
  const double value = static_cast<double>(digits) / kPowers[size - point - 1];
  return negative ? -value : value;
}

/// "00" to "99", side by side, and up to a power of two some that mean nothing.
inline constexpr std::array<char, 256> kPairs = [] {
  std::array<char, 256> pairs{};
  for (std::size_t i = 0; i < 128; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10 % 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

/// `value` (0 to 99) as two digits; anything more as any two.
inline void write_pair(char* to, std::uint64_t value) noexcept { std::memcpy(to, &kPairs[2 * (value & 127)], 2); }

/// The eight digits of `value` (below 10^8) as text, the first in the lowest byte: four halvings of all parts at once.
constexpr std::uint64_t eight_digits(std::uint64_t value) noexcept {
  std::uint64_t parts = value / 10000 | value % 10000 << 32;
  const std::uint64_t hundreds = (parts * 10486 >> 20) & 0x0000007f0000007f;  // 10486 / 2^20: 1 / 100, right up to 9999
  parts = hundreds | (parts - 100 * hundreds) << 16;
  const std::uint64_t tens = (parts * 103 >> 10) & 0x000f000f000f000f;  // 103 / 2^10: 1 / 10, right up to 99
  return (tens | (parts - 10 * tens) << 8) + 0x3030303030303030;
}

/// Eight characters, the first in the lowest byte.
inline void write_word(char* to, std::uint64_t text) noexcept {
  if constexpr (std::endian::native == std::endian::big) text = __builtin_bswap64(text);
  std::memcpy(to, &text, sizeof text);
}

/// `value` (below 10^kWidth) as exactly kWidth digits, zeros in front. May write seven bytes more than these.
template <int kWidth>
char* write_digits(char* to, std::uint64_t value) noexcept {
  constexpr std::uint64_t kBlock = 100'000'000;
  if constexpr (kWidth > 8) {
    return write_digits<8>(write_digits<kWidth - 8>(to, value / kBlock), value % kBlock);
  } else if constexpr (kWidth == 1) {
    *to = static_cast<char>('0' + value);
  } else if constexpr (kWidth == 2) {
    write_pair(to, value);
  } else {
    write_word(to, eight_digits(value) >> (64 - 8 * kWidth));
  }
  return to + kWidth;
}

inline char* write_whole(char* to, std::uint64_t value) noexcept {
  if (value >= 1000) return std::to_chars(to, to + 16, value).ptr;
  if (value >= 100) {
    *to++ = static_cast<char>('0' + value / 100);
    value %= 100;
  } else if (value < 10) {
    return write_digits<1>(to, value);
  }
  return write_digits<2>(to, value);
}

/// What the functions below may touch.
inline constexpr std::size_t kRoom = 40;

/// A number that people type: below 10^9, of six decimals or fewer, without zeros at its end. Returns the end of the
/// text, or null for any other number. `to` needs kRoom characters.
inline char* write(char* to, double value) noexcept {
  constexpr double kMost = 1e15;
  constexpr std::uint64_t kMillion = 1'000'000;
  const double size = std::abs(value);
  const double scaled = size * 1e6 + 0.5;
  if (!(scaled < kMost)) return nullptr;
  const auto millionths = static_cast<std::int64_t>(scaled);
  // Of two such numbers only one can read back as `size`.
  if (static_cast<double>(millionths) / 1e6 != size) return nullptr;
  if (std::signbit(value)) *to++ = '-';
  const std::uint64_t fraction = static_cast<std::uint64_t>(millionths) % kMillion;
  to = write_whole(to, static_cast<std::uint64_t>(millionths) / kMillion);
  if (fraction == 0) return to;
  *to++ = '.';
  const std::uint64_t text = eight_digits(fraction) >> 16;
  const int zeros = std::countl_zero(text ^ 0x303030303030) / 8;  // in front of the highest byte that is none
  write_word(to, text);
  return to + (8 - zeros);
}

/// `value` rounded to kDecimals places, every one of them written, and no sign before nothing but zeros. Returns the
/// end of the text, or null where digits and decimals together are more than 15. `to` needs kRoom characters.
template <int kDecimals>
char* write_rounded(char* to, double value) noexcept {
  constexpr double kMost = 1e15;
  constexpr auto kUnits = static_cast<std::uint64_t>(kPowers[kDecimals]);
  const double scaled = std::abs(value) * kPowers[kDecimals] + 0.5;
  if (!(scaled < kMost)) return nullptr;
  const auto units = static_cast<std::uint64_t>(static_cast<std::int64_t>(scaled));
  if (value < 0 && units > 0) *to++ = '-';
  to = write_whole(to, units / kUnits);
  *to++ = '.';
  return write_digits<kDecimals>(to, units % kUnits);
}

}  // namespace orrery::planets::decimal
