// Eight bytes at a time, in one register: for looking at many bytes that are nearly always harmless.
//
// Pure, constexpr arithmetic (Warren, Hacker's Delight, 6-1: find a zero byte). Every answer is "some byte is"; which one, is found by
// looking at each.
#pragma once

#include <cstdint>
#include <cstring>

namespace orrery::base::eight {

inline constexpr std::uint64_t kOnes = 0x0101010101010101;
inline constexpr std::uint64_t kHighs = 0x8080808080808080;
inline std::uint64_t load(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}
/// Non-zero when some byte is below `limit` (1..128).
constexpr std::uint64_t any_below(std::uint64_t word, std::uint64_t limit) {
  return (word - kOnes * limit) & ~word & kHighs;
}
/// Non-zero when some byte equals `byte` (0..127).
constexpr std::uint64_t any_equal(std::uint64_t word, std::uint64_t byte) {
  return any_below(word ^ (kOnes * byte), 1);
}
}  // namespace orrery::base::eight
