// UTF-8: where a well-formed character ends (RFC 3629).
//
// Pure. Code that writes bytes of a peer where only UTF-8 may stand asks it, byte by byte; overlong forms,
// surrogates and what lies beyond U+10FFFF are not well-formed.
#pragma once

#include <cstddef>
#include <string_view>

namespace orrery::base {

/// Bytes of the well-formed character at the beginning of `text`; 0 when there is none.
inline std::size_t utf8_length(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const auto follows = [at](std::size_t i) { return (at(i) & 0xc0U) == 0x80; };
  const unsigned first = at(0), second = at(1);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !follows(1)) return 0;
  if (first < 0xe0) return 2;
  const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                     (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  if (wrong || !follows(2)) return 0;
  if (first < 0xf0) return 3;
  return follows(3) ? 4 : 0;
}

}  // namespace orrery::base
