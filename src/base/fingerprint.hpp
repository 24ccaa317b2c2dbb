// Fingerprint: 64 bits that stand for some bytes, under a key.
//
// Pure, any thread. Quick enough to be made for each request; without the key nobody outside can make two
// texts with one fingerprint. Never stored beyond the life of the key's owner, so its form may change with
// any version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace orrery::base {

namespace fingerprint_detail {

template <std::size_t kSize>
std::uint64_t load(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, kSize);
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
  const std::size_t size = text.size();
  std::uint64_t state = key ^ kOne;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  // The last words overlap those before: each byte counts, and none is read twice as another.
  if (size >= 2 * kWord) {
    const char* const tail = at + size - 2 * kWord;
    for (; at < tail; at += 2 * kWord) state = mix(load<kWord>(at) ^ kOne, load<kWord>(at + kWord) ^ state);
    first = load<kWord>(tail);
    last = load<kWord>(tail + kWord);
  } else if (size >= kWord) {
    first = load<kWord>(at);
    last = load<kWord>(at + size - kWord);
  } else if (size >= kWord / 2) {
    first = load<kWord / 2>(at);
    last = load<kWord / 2>(at + size - kWord / 2);
  } else if (size > 0) {
    first = load<1>(at);
    last = load<1>(at + size / 2) << 8U | load<1>(at + size - 1);
  }
  return mix(kOther ^ size, mix(first ^ kOther, last ^ state));
}

}  // namespace orrery::base
