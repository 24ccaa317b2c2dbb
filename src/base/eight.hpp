// Eight bytes at a time, in one register: for looking at many bytes that are nearly always harmless.
//
// Pure arithmetic (Warren, Hacker's Delight, 6-1: find a zero byte). What any_below and any_equal say is exact for the first byte they
// mark; what lies behind that one may be marked in error.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace orrery::base::eight {

inline constexpr std::uint64_t kOnes = 0x0101010101010101;
inline constexpr std::uint64_t kHighs = 0x8080808080808080;

/// The first byte is the lowest.
inline std::uint64_t load(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}
/// Marks bytes below `limit` (1..128).
constexpr std::uint64_t any_below(std::uint64_t word, std::uint64_t limit) {
  return (word - kOnes * limit) & ~word & kHighs;
}
/// Marks bytes equal to `byte` (0..127).
constexpr std::uint64_t any_equal(std::uint64_t word, std::uint64_t byte) {
  return any_below(word ^ (kOnes * byte), 1);
}
/// Which of eight bytes is the first that is marked; one is.
constexpr std::size_t first(std::uint64_t marks) {
  return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
}

/// Number of leading bytes that are none of those that end the walk. `ends(word)` marks them among eight, `ends_at(char)`
/// tells of one; both must agree.
template <class Ends, class EndsAt>
std::size_t walk(std::string_view text, Ends&& ends, EndsAt&& ends_at) {
  std::size_t i = 0;
  if (text.size() < 8) {
    while (i < text.size() && !ends_at(text[i])) ++i;
    return i;
  }
  const std::size_t last = text.size() - 8;
  for (; i < last; i += 8) {
    if (const std::uint64_t marks = ends(load(text.data() + i))) return i + first(marks);
  }
  // The last eight overlap what was walked over already.
  const std::uint64_t marks = ends(load(text.data() + last));
  return marks ? last + first(marks) : text.size();
}

}  // namespace orrery::base::eight
