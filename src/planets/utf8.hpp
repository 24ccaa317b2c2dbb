// UTF-8 (RFC 3629) in text that came with a request: what of it is a character, and how it is named in a sentence.
//
// A peer may send any bytes. Whatever of them goes into an answer becomes valid UTF-8 first: each longest part of a
// broken character is one U+FFFD, as browsers read it. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::planets::utf8 {

inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

struct Piece {
  std::size_t length;
  bool valid;
};

namespace detail {

/// A first byte from `first` to `last` begins `length` bytes, the second of them from `low` to `high`.
struct Form {
  unsigned char first, last;
  std::size_t length;
  unsigned char low, high;
};

/// Table 3-7 of the Unicode Standard: no overlong forms, no surrogates, nothing above U+10FFFF.
inline constexpr std::array<Form, 9> kForms{{{0x00, 0x7f, 1, 0, 0},
                                             {0xc2, 0xdf, 2, 0x80, 0xbf},
                                             {0xe0, 0xe0, 3, 0xa0, 0xbf},
                                             {0xe1, 0xec, 3, 0x80, 0xbf},
                                             {0xed, 0xed, 3, 0x80, 0x9f},
                                             {0xee, 0xef, 3, 0x80, 0xbf},
                                             {0xf0, 0xf0, 4, 0x90, 0xbf},
                                             {0xf1, 0xf3, 4, 0x80, 0xbf},
                                             {0xf4, 0xf4, 4, 0x80, 0x8f}}};

}  // namespace detail

/// The first character of `text` (not empty), or the part of a broken one that stands there.
inline Piece first_of(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto form = std::find_if(detail::kForms.begin(), detail::kForms.end(),
                                 [&](const detail::Form& f) { return byte(0) >= f.first && byte(0) <= f.last; });
  if (form == detail::kForms.end()) return {1, false};
  for (std::size_t i = 1; i < form->length; ++i) {
    const unsigned char low = i == 1 ? form->low : 0x80;
    const unsigned char high = i == 1 ? form->high : 0xbf;
    if (i == text.size() || byte(i) < low || byte(i) > high) return {i, false};
  }
  return {form->length, true};
}

/// `text` between backticks, valid UTF-8. Of a long one only its beginning, up to 40 bytes, and an ellipsis.
inline std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string out = "`";
  std::size_t taken = 0;
  while (!text.empty()) {
    const auto [length, valid] = first_of(text);
    taken += length;
    if (taken > kMost) return out + "\xe2\x80\xa6`";
    out += valid ? text.substr(0, length) : kReplacement;
    text.remove_prefix(length);
  }
  return out + "`";
}

}  // namespace orrery::planets::utf8
