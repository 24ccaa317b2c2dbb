// Fingerprint: 64 bits that stand for some bytes, under a key.
//
// Pure, any thread. Quick enough to be made for each request; without the key nobody outside can make two
// texts with one fingerprint. Never stored beyond the life of the key's owner, so its form may change with
// any version.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace orrery::base {

namespace fingerprint_detail {

inline std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

/// Both halves of the whole product: each bit of the result depends on every bit of both.
inline std::uint64_t mix(std::uint64_t one, std::uint64_t other) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(one) * other;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace fingerprint_detail

inline std::uint64_t fingerprint(std::uint64_t key, std::string_view text) {
  using namespace fingerprint_detail;
  constexpr std::uint64_t kOne = 0xa0761d6478bd642fULL;  // odd, with as many ones as zeros
  constexpr std::uint64_t kOther = 0xe7037ed1a0b428dbULL;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t state = key ^ kOne;
  for (; left > 2 * kWord; at += 2 * kWord, left -= 2 * kWord)
    state = mix(load(at, kWord) ^ kOne, load(at + kWord, kWord) ^ state);
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (left >= kWord) {
    first = load(at, kWord);
    last = load(at + left - kWord,
                kWord);  // overlaps the first: each byte counts, none is read twice as another
  } else if (left >= kWord / 2) {
    first = load(at, kWord / 2);
    last = load(at + left - kWord / 2, kWord / 2);
  } else if (left > 0) {
    first = load(at, 1);
    last = load(at + left / 2, 1) << 8U | load(at + left - 1, 1);
  }
  return mix(kOther ^ text.size(), mix(first ^ kOther, last ^ state));
}

}  // namespace orrery::base
