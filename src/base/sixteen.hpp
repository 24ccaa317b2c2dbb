// Sixteen bytes at a time, in one register: for looking at many bytes that are nearly always harmless.
//
// Pure. Vectors of g++ and clang, which every processor has; only how a comparison becomes bits is said twice. Reads
// exactly the bytes of the text it is given.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace orrery::base::sixteen {

using Block = std::uint8_t __attribute__((vector_size(16)));
/// What comparing Blocks gives: in each byte all bits or none.
using Truth = std::int8_t __attribute__((vector_size(16)));

inline Block load(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

/// Bit i tells of byte i.
inline unsigned bits(Truth truth) {
#if defined(__SSE2__)
  return static_cast<unsigned>(_mm_movemask_epi8(reinterpret_cast<__m128i>(truth)));
#else
  unsigned bits = 0;
  for (unsigned i = 0; i < sizeof truth; ++i) bits |= (truth[i] != 0 ? 1U : 0U) << i;
  return bits;
#endif
}

/// The first and the last eight bytes of `text`, which has 8 to 16.
inline Block load_both_ends(std::string_view text) {
  std::uint64_t halves[2];
  std::memcpy(&halves[0], text.data(), sizeof halves[0]);
  std::memcpy(&halves[1], text.data() + text.size() - sizeof halves[1], sizeof halves[1]);
  Block block;
  std::memcpy(&block, halves, sizeof block);
  return block;
}

/// Number of leading bytes that are none of those that end the walk. `ends(Block)` tells which do, and
/// `ends_at(char)` of a single one; both must agree.
template <class Ends, class EndsAt>
[[gnu::always_inline]] inline std::size_t walk(std::string_view text, Ends&& ends, EndsAt&& ends_at) {
  const std::size_t size = text.size();
  if (size >= sizeof(Block)) {
    const std::size_t last = size - sizeof(Block);
    for (std::size_t i = 0; i < last; i += sizeof(Block)) {
      if (const unsigned found = bits(ends(load(text.data() + i))))
        return i + static_cast<std::size_t>(std::countr_zero(found));
    }
    // The last sixteen overlap what was walked over already.
    const unsigned found = bits(ends(load(text.data() + last)));
    return found ? last + static_cast<std::size_t>(std::countr_zero(found)) : size;
  }
  if (size >= sizeof(Block) / 2) {
    const unsigned found = bits(ends(load_both_ends(text)));
    if (found == 0) return size;
    const auto at = static_cast<std::size_t>(std::countr_zero(found));
    return at < 8 ? at : size - sizeof(Block) + at;
  }
  std::size_t i = 0;
  while (i < size && !ends_at(text[i])) ++i;
  return i;
}

/// Bit i: what `wanted(Block)` tells of byte `at` + i of `text`, for the sixteen from `at` on, which is inside; 0
/// behind the end.
template <class Wanted>
[[gnu::always_inline]] inline unsigned bits_from(std::string_view text, std::size_t at, Wanted&& wanted) {
  const std::size_t left = text.size() - at;
  if (left >= sizeof(Block)) return bits(wanted(load(text.data() + at)));
  // The last sixteen overlap what lies before `at`.
  if (text.size() >= sizeof(Block))
    return bits(wanted(load(text.data() + text.size() - sizeof(Block)))) >> (sizeof(Block) - left);
  Block rest{};
  std::memcpy(&rest, text.data() + at, left);
  return bits(wanted(rest)) & ((1U << left) - 1);
}

/// Calls `found` with the place of each byte that `wanted(Block)` tells to be one, from front to back.
template <class Wanted, class Found>
[[gnu::always_inline]] inline void for_each(std::string_view text, Wanted&& wanted, Found&& found) {
  for (std::size_t at = 0; at < text.size(); at += sizeof(Block)) {
    for (unsigned left = bits_from(text, at, wanted); left != 0; left &= left - 1)
      found(at + static_cast<std::size_t>(std::countr_zero(left)));
  }
}

/// Finds the bytes that `wanted(Block)` tells, one after the other, looking at each sixteen bytes once.
template <class Wanted>
class Finder {
 public:
  Finder(std::string_view text, Wanted wanted) : text_(text), wanted_(wanted) {}

  /// The place of the first one at or behind `from`, which is never before the last answer; the size of the text when
  /// there is none.
  [[gnu::always_inline]] std::size_t next(std::size_t from) {
    unsigned left = from < looked_ ? found_ >> (from + sizeof(Block) - looked_) : 0;
    if (left == 0) from = std::max(from, looked_);
    while (left == 0 && from < text_.size()) {
      left = found_ = bits_from(text_, from, wanted_);
      looked_ = from + sizeof(Block);
      if (left == 0) from = looked_;
    }
    return left == 0 ? text_.size() : from + static_cast<std::size_t>(std::countr_zero(left));
  }

 private:
  std::string_view text_;
  Wanted wanted_;
  unsigned found_ = 0;      ///< in the sixteen bytes before `looked_`
  std::size_t looked_ = 0;  ///< nothing before it is unknown
};

}  // namespace orrery::base::sixteen
