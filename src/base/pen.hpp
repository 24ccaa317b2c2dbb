// Pen: writes the line of one request into the room there is, and escapes what a peer sent.
//
// Pure. Used by AccessFormat only, for every request: what needs no escape is found sixteen bytes at a time
// and copied. Two forms of escape: gunicorn's (\xHH for control bytes, quote, backslash and bytes >= 0x7f),
// and JSON's.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/sixteen.hpp"
#include "base/utf8.hpp"

namespace orrery::base {

inline bool needs_escape(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\';
}

inline bool is_plain(std::string_view value) {
  const std::size_t plain = sixteen::walk(
      value, [](sixteen::Block bytes) { return (bytes < 0x20) | (bytes >= 0x7f) | (bytes == '"') | (bytes == '\\'); },
      needs_escape);
  return plain == value.size();
}

/// Bytes of the character at the beginning that a JSON string takes as it is; 0 when its first byte must be
/// escaped.
inline std::size_t json_character(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x80) return needs_escape(text[0]) ? 0 : 1;
  // Terminals obey the control characters U+0080 to U+009F.
  const bool control = byte == 0xc2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xa0;
  return control ? 0 : utf8_length(text);
}

/// The beginning of `value` whose escaped form, of either kind, has at most `most` bytes.
inline std::string_view clipped(std::string_view value, std::size_t most) {
  std::size_t kept = 0, width = 0;
  while (kept < value.size()) {
    const std::size_t length = json_character(value.substr(kept));
    width += length == 1 ? 1 : 6 * std::max(length, std::size_t{1});
    if (width > most) break;
    kept += std::max(length, std::size_t{1});
  }
  return value.substr(0, kept);
}

/// Writes from left to right while there is room, and counts, rather too much, what there is none for.
class Pen {
 public:
  explicit Pen(std::span<char> to) : begin_(to.data()), at_(to.data()), end_(to.data() + to.size()) {}

  void put(char c) {
    if (at_ == end_) return refuse(1);
    *at_++ = c;
  }
  [[gnu::always_inline]] void put(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(end_ - at_)) return refuse(text.size());
    copy(text);
    at_ += text.size();
  }
  void put_escaped(std::string_view value) {
    if (is_plain(value)) return put(value);
    for (const char c : value) needs_escape(c) ? put_escaped_byte(c) : put(c);
  }
  void put_value(std::string_view value) { value.empty() ? put('-') : put_escaped(value); }
  /// As the inside of a JSON string. A byte that is no UTF-8 becomes the character of its number.
  void put_json(std::string_view value) {
    if (is_plain(value)) return put(value);
    while (!value.empty()) {
      const std::size_t length = json_character(value);
      length > 0 ? put(value.substr(0, length)) : put_json_byte(value);
      value.remove_prefix(std::max(length, std::size_t{1}));
    }
  }
  template <class Integer>
  void put_number(Integer value) {
    const auto [end, error] = std::to_chars(at_, end_, value);
    if (error != std::errc{}) return refuse(kLongestNumber);
    at_ = end;
  }
  template <class Integer>
  void put_number_or_dash(Integer value) {
    value == 0 ? put('-') : put_number(value);
  }
  /// Of all that was put; more than there is room for when not all of it was written.
  [[nodiscard]] std::size_t length() const { return static_cast<std::size_t>(at_ - begin_) + refused_; }

 private:
  /// Most pieces are short: no call for these.
  [[gnu::always_inline]] void copy(std::string_view text) {
    const std::size_t size = text.size();
    if (size > 16) {
      std::memcpy(at_, text.data(), size);
    } else if (size >= 8) {
      std::memcpy(at_, text.data(), 8);
      std::memcpy(at_ + size - 8, text.data() + size - 8, 8);
    } else if (size >= 4) {
      std::memcpy(at_, text.data(), 4);
      std::memcpy(at_ + size - 4, text.data() + size - 4, 4);
    } else if (size > 0) {
      at_[0] = text[0];
      at_[size / 2] = text[size / 2];
      at_[size - 1] = text[size - 1];
    }
  }
  void put_escaped_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    put("\\x");
    put(kDigits[byte >> 4U]);
    put(kDigits[byte & 15U]);
  }
  void put_json_byte(std::string_view value) {
    const char c = value[0];
    if (c == '"' || c == '\\') {
      put('\\');
      return put(c);
    }
    put("\\u00");
    put(kDigits[static_cast<unsigned char>(c) >> 4U]);
    put(kDigits[static_cast<unsigned char>(c) & 15U]);
  }
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  static constexpr std::size_t kLongestNumber = 20;
  /// From now on nothing fits.
  void refuse(std::size_t size) {
    end_ = at_;
    refused_ += size;
  }

  char* begin_;
  char* at_;
  char* end_;
  std::size_t refused_ = 0;
};

}  // namespace orrery::base
