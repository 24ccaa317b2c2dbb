// RequestIds: names for requests, unique over workers and restarts: 16 hexadecimal digits.
//
// A counter run through a bijective mixer from a random start, so ids of one worker never repeat and those of two workers
// meet with the chance of random 64-bit numbers. Loop thread only.
#pragma once

#include <array>
#include <cstdint>
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
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = "0123456789abcdef"[mixed >> (60 - 4 * i) & 15];
    return text;
  }

  /// True when a peer's own id may be kept: 1 to 64 token characters.
  static bool acceptable(std::string_view id) {
    return !id.empty() && id.size() <= 64 && token_length(id) == id.size();
  }

 private:
  std::uint64_t counter_;
};

}  // namespace orrery::http
