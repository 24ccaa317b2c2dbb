// RequestIds: names for requests, unique over workers and restarts: 16 hexadecimal digits.
//
// A counter run through a bijective mixer from a random start, so ids of one worker never repeat and those of two
// workers meet with the chance of random 64-bit numbers. Loop thread only.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "http/characters.hpp"

namespace orrery::http {

class RequestIds {
 public:
  explicit RequestIds(std::uint64_t seed) : counter_(seed) {}

  std::array<char, 16> next() {
    std::uint64_t mixed = counter_++ * 0x9e3779b97f4a7c15;  // Steele, Lea, Flood 2014: SplitMix64
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    return digits_of(mixed);
  }

  /// True when a peer's own id may be kept: 1 to 64 token characters.
  static bool acceptable(std::string_view id) {
    return !id.empty() && id.size() <= 64 && token_length(id) == id.size();
  }

 private:
  /// Its hexadecimal digits: all nibbles at once, each in a byte of its own.
  static std::array<char, 16> digits_of(std::uint64_t bits) {
    if constexpr (std::endian::native == std::endian::little) bits = __builtin_bswap64(bits);
    sixteen::Block bytes{};
    std::memcpy(&bytes, &bits, sizeof bits);
    // In each byte the nibble that stands in front of the other: of a pair of bytes the first one's high, then its low.
    const sixteen::Block pairs = __builtin_shufflevector(bytes, bytes, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    constexpr sixteen::Block kFirst{255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0};
    const sixteen::Block nibbles = (((pairs >> 4) & kFirst) | (pairs & ~kFirst)) & 15;
    const sixteen::Block letters = reinterpret_cast<sixteen::Block>(nibbles > 9);
    const sixteen::Block digits = nibbles + '0' + (letters & ('a' - '0' - 10));
    std::array<char, 16> text;
    std::memcpy(text.data(), &digits, text.size());
    return text;
  }

  std::uint64_t counter_;
};

}  // namespace orrery::http
