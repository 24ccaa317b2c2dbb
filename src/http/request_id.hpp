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
    std::array<char, 16> text;
    const std::uint64_t halves[2] = {eight_digits(mixed >> 32), eight_digits(mixed & 0xffffffff)};
    std::memcpy(text.data(), halves, text.size());
    return text;
  }

  /// True when a peer's own id may be kept: 1 to 64 token characters.
  static bool acceptable(std::string_view id) {
    return !id.empty() && id.size() <= 64 && token_length(id) == id.size();
  }

 private:
  /// The hexadecimal digits of 32 bits, as they lie in memory: one nibble spread to each byte, the highest first.
  static std::uint64_t eight_digits(std::uint64_t bits) {
    bits = (bits | bits << 16) & 0x0000ffff0000ffff;
    bits = (bits | bits << 8) & 0x00ff00ff00ff00ff;
    bits = (bits | bits << 4) & 0x0f0f0f0f0f0f0f0f;
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    const std::uint64_t letters = ((bits + 6 * kOnes) >> 4) & kOnes;  // 1 where a nibble is above 9
    bits += '0' * kOnes + letters * ('a' - '0' - 10);
    return std::endian::native == std::endian::little ? __builtin_bswap64(bits) : bits;
  }

  std::uint64_t counter_;
};

}  // namespace orrery::http
