// JsonText: JSON written from left to right into one string (RFC 8259).
//
// Numbers are the shortest text that reads back as the same double (std::to_chars). The caller gets the nesting right.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "planets/decimal.hpp"

namespace orrery::planets {

class JsonText {
 public:
  /// No double needs more characters.
  static constexpr std::size_t kLongestNumber = 24;

  explicit JsonText(std::size_t room) { text_.reserve(room); }

  /// Punctuation and keys, as they stand.
  JsonText& raw(std::string_view text) {
    text_ += text;
    return *this;
  }
  /// A finite number; anything else is null.
  JsonText& number(double value) {
    char digits[kLongestNumber + 8];
    if (const char* short_end = decimal::write(digits, value)) {
      return raw({digits, static_cast<std::size_t>(short_end - digits)});
    }
    if (!(value - value == 0)) return raw("null");
    // -0.0005 reads better than -5e-04; beyond these sizes plain digits would be many.
    const double size = value < 0 ? -value : value;
    const bool plain = size == 0 || (size >= 1e-5 && size < 1e15);
    const auto end = plain
                         ? std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr
                         : std::to_chars(digits, digits + sizeof digits, value).ptr;
    text_.append(digits, static_cast<std::size_t>(end - digits));
    return *this;
  }
  /// A quoted string. Bytes that are not ASCII become U+FFFD: they come from a peer and may not be UTF-8.
  JsonText& string(std::string_view value) {
    text_ += '"';
    for (const char c : value) put(c);
    text_ += '"';
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  /// White space up to `size` bytes; it means nothing in JSON.
  JsonText& pad_to(std::size_t size) {
    if (text_.size() < size) text_.append(size - text_.size(), ' ');
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void put(char c) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (byte < 0x20) {
      text_ += "\\u00";
      text_ += kHex[byte >> 4];
      text_ += kHex[byte & 15];
    } else if (byte < 0x7f) {
      text_ += c;
    } else {
      text_ += "\\ufffd";
    }
  }

  std::string text_;
};

}  // namespace orrery::planets
