// Decimals: doubles read and written as people type them (145.051, -39.754, 0), at a third of the general price.
//
// Exact, not approximate: whatever these do is what std::from_chars and the shortest std::to_chars do, and what they do not
// do they leave to them. Reading rests on one fact: integers below 2^53 and powers of ten up to 10^22 are doubles, so one
// division rounds once (Clinger, "How to read floating point numbers accurately", 1990). Writing is Giulietti's ("The
// Schubfach way to render doubles", 2020), for sizes at which its products fit into 128 bits and nothing has to be estimated.
#pragma once

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
  std::uint64_t digits = 0;  // more than 15 may overflow: they are not looked at
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto read_run = [&]() -> std::size_t {
    const char* const begin = at;
    for (; at < end; ++at) {
      const auto digit = static_cast<std::uint64_t>(static_cast<unsigned char>(*at)) - '0';
      if (digit > 9) break;
      digits = digits * 10 + digit;
    }
    return static_cast<std::size_t>(at - begin);
  };
  const std::size_t whole = read_run();
  std::size_t fraction = 0;
  if (whole > 0 && at < end && *at == '.') {
    ++at;
    fraction = read_run();
    if (fraction == 0) return {};
  }
  if (whole == 0 || at < end || whole + fraction > 15) return {};
  const double value = static_cast<double>(digits) / kPowers[fraction];
  return negative ? -value : value;
}

/// "00" to "99", side by side.
inline constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

/// `value` (0 to 99) as two digits.
inline void write_pair(char* to, std::uint64_t value) noexcept { std::memcpy(to, &kPairs[2 * value], 2); }

/// The eight digits of `value` (below 10^8) as text, the first in the lowest byte: four halvings of all parts at once.
constexpr std::uint64_t eight_digits(std::uint64_t value) noexcept {
  std::uint64_t parts = value / 10000 | value % 10000 << 32;
  const std::uint64_t hundreds =
      (parts * 10486 >> 20) & 0x0000007f0000007f;  // 10486 / 2^20: 1 / 100, right up to 9999
  parts = hundreds | (parts - 100 * hundreds) << 16;
  const std::uint64_t tens = (parts * 103 >> 10) & 0x000f000f000f000f;  // 103 / 2^10: 1 / 10, right up to 99
  return (tens | (parts - 10 * tens) << 8) + 0x3030303030303030;
}

/// `value` as exactly `width` digits (1 or more), zeros in front. May write seven bytes more than these.
inline char* write_digits(char* to, std::uint64_t value, int width) noexcept {
  constexpr std::uint64_t kBlock = 100'000'000;
  if (width > 8) {
    to = write_digits(to, value / kBlock, width - 8);
    value %= kBlock;
    width = 8;
  }
  std::uint64_t text = eight_digits(value) >> (64 - 8 * width);
  if constexpr (std::endian::native == std::endian::big) text = __builtin_bswap64(text);
  std::memcpy(to, &text, sizeof text);
  return to + width;
}

__extension__ typedef unsigned __int128 Wide;  // ISO C++ has none

inline constexpr std::array<Wide, 22> kWidePowers = [] {
  std::array<Wide, 22> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// The sizes for which shortest() is made.
inline constexpr double kLeast = 1e-5;
inline constexpr double kMost = 1e15;

/// What write() may touch.
inline constexpr std::size_t kRoom = 40;

struct Shortest {
  std::uint64_t digits;
  int decimals;  ///< the number is digits / 10^decimals
};

/// Of all decimals that read back as `value` one with the fewest digits, and of these the nearest; it may end in zeros. `value` in
/// [kLeast, kMost).
inline Shortest shortest(double value) noexcept {
  constexpr std::uint64_t kHidden = std::uint64_t{1} << 52;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t significand = (bits & (kHidden - 1)) | kHidden;
  const int halvings = 1075 - static_cast<int>(bits >> 52);  // value = significand / 2^halvings; 3 to 69
  const bool is_power = significand == kHidden;              // its lower neighbour is at half the distance
  // As many decimals as make their step no wider than what reads back: -floor(log10(2^-halvings)), or of 3/4 of that.
  const int decimals = -((-halvings * 78913 - (is_power ? 32753 : 0)) >> 18);
  // Exactly, where one step of the last decimal is `step`: the value, and how far from it still reads back as it.
  const Wide power = kWidePowers[static_cast<std::size_t>(decimals)];
  const Wide exact = power * (4 * significand);
  const Wide step = Wide{4} << halvings;
  // The ends themselves read back as the even neighbour.
  const Wide upward = 2 * power - (significand & 1);
  const Wide downward = (is_power ? power : 2 * power) - (significand & 1);
  const auto below = static_cast<std::uint64_t>(exact >> (halvings + 2));
  const Wide rest = exact & (step - 1);  // from `below` to the value
  const std::uint64_t tens = below / 10;
  const std::uint64_t units = below - 10 * tens;
  const bool tens_fit = units * step + rest <= downward;
  if (const bool next_fit = (10 - units) * step - rest <= upward; tens_fit != next_fit) {
    return {tens + (next_fit ? 1 : 0), decimals - 1};
  }
  const bool below_fits = rest <= downward;
  if (const bool above_fits = step - rest <= upward; below_fits != above_fits) {
    return {below + (above_fits ? 1 : 0), decimals};
  }
  const bool up = 2 * rest > step || (2 * rest == step && below % 2 == 1);
  return {below + (up ? 1 : 0), decimals};
}

inline char* write_whole(char* to, std::uint64_t value) noexcept {
  if (value >= 1000) return std::to_chars(to, to + 16, value).ptr;
  return write_digits(to, value, 1 + (value > 9 ? 1 : 0) + (value > 99 ? 1 : 0));
}

/// What people type: a number of six decimals or fewer and 15 digits at most. Null for any other: of two such numbers only one
/// can read back as `size`.
inline char* write_typed(char* to, double size) noexcept {
  constexpr std::uint64_t kMillion = 1'000'000;
  const double scaled = size * 1e6 + 0.5;
  if (!(scaled < kMost)) return nullptr;
  const auto millionths = static_cast<std::uint64_t>(static_cast<std::int64_t>(scaled));
  if (static_cast<double>(static_cast<std::int64_t>(millionths)) / 1e6 != size) return nullptr;
  to = write_whole(to, millionths / kMillion);
  const std::uint64_t fraction = millionths % kMillion;
  if (fraction == 0) return to;
  *to++ = '.';
  to = write_digits(to, fraction, 6);
  while (to[-1] == '0') --to;
  return to;
}

/// Writes the shortest text without exponent that reads back as `value` and returns its end; null for a size outside of
/// [kLeast, kMost) that is not zero. `to` needs kRoom characters.
inline char* write(char* to, double value) noexcept {
  const double size = std::abs(value);
  if (std::signbit(value)) *to++ = '-';
  if (char* const end = write_typed(to, size)) return end;
  if (!(size >= kLeast && size < kMost)) return nullptr;
  auto [digits, decimals] = shortest(size);
  while (digits % 10 == 0 && decimals > 0) digits /= 10, --decimals;
  constexpr int kLongestInWord = 19;
  const auto power = static_cast<std::uint64_t>(
      kWidePowers[static_cast<std::size_t>(decimals > kLongestInWord ? 0 : decimals)]);
  // Only an integer itself is written with an integer's digits, so rounding never carries into this part.
  const auto whole = static_cast<std::uint64_t>(size);
  to = write_whole(to, whole);
  if (decimals == 0) return to;
  *to++ = '.';
  return write_digits(to, digits - whole * power, decimals);
}

}  // namespace orrery::planets::decimal
