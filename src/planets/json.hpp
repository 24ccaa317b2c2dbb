// JsonText: JSON written from left to right into one string (RFC 8259).
//
// What was given is written as number(), the shortest text that reads back as the same double; what was computed as
// rounded(), to a place that is well below its error. The caller gets the nesting right.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "planets/decimal.hpp"
#include "planets/utf8.hpp"

namespace orrery::planets {

class JsonText {
 public:
  explicit JsonText(std::size_t room) : text_(room, '\0'), at_(text_.data()), end_(at_ + room) {}
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  /// Punctuation and keys, as they stand.
  JsonText& raw(std::string_view text) {
    if (text.empty()) return *this;
    char* const begin = room_for(text.size());
    std::memcpy(begin, text.data(), text.size());
    at_ = begin + text.size();
    return *this;
  }
  /// A finite number; anything else is null.
  JsonText& number(double value) {
    char* const begin = room_for(decimal::kRoom);
    return wrote(begin, decimal::write(begin, value), value);
  }
  /// A finite number to kDecimals places, as far as a double has them; anything else is null.
  template <int kDecimals>
  JsonText& rounded(double value) {
    char* const begin = room_for(decimal::kRoom);
    return wrote(begin, decimal::write_rounded<kDecimals>(begin, value), value);
  }
  /// What `write(char*)` writes, `room` characters at most, up to the end it returns.
  template <class Write>
  JsonText& written(std::size_t room, Write&& write) {
    at_ = write(room_for(room));
    return *this;
  }
  /// A quoted string of valid UTF-8: it may come from a peer, and what is none becomes U+FFFD.
  JsonText& string(std::string_view value) {
    raw("\"");
    while (!value.empty()) {
      const auto [length, valid] = utf8::first_of(value);
      if (length == 1 && valid)
        put(value.front());
      else
        raw(valid ? value.substr(0, length) : utf8::kReplacement);
      value.remove_prefix(length);
    }
    return raw("\"");
  }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(at_ - text_.data()); }
  /// White space up to `size` bytes; it means nothing in JSON.
  JsonText& pad_to(std::size_t size) {
    constexpr std::string_view kSpaces = "                ";
    while (this->size() < size) {
      std::memcpy(room_for(kSpaces.size()), kSpaces.data(), kSpaces.size());
      at_ += std::min(kSpaces.size(), size - this->size());
    }
    return *this;
  }
  [[nodiscard]] std::string take() {
    text_.resize(size());
    return std::move(text_);
  }

 private:
  /// `value` stands in the room at `begin` up to `end`; or it is none of those that decimal.hpp writes.
  JsonText& wrote(char* begin, char* end, double value) {
    at_ = end != nullptr ? end : written_in_general(begin, value);
    return *this;
  }
  [[gnu::cold]] static char* written_in_general(char* begin, double value) {
    if (value - value == 0) return std::to_chars(begin, begin + decimal::kRoom, value).ptr;
    return std::copy_n("null", 4, begin);
  }
  char* room_for(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) grow(size);
    return at_;
  }
  [[gnu::cold]] void grow(std::size_t size) {
    const std::size_t used = this->size();
    text_.resize(2 * text_.size() + size);
    at_ = text_.data() + used;
    end_ = text_.data() + text_.size();
  }
  void put(char c) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      raw("\\").raw({&c, 1});
    } else if (byte < 0x20 || byte == 0x7f) {
      raw("\\u00").raw(kHex.substr(byte >> 4, 1)).raw(kHex.substr(byte & 15, 1));
    } else {
      raw({&c, 1});
    }
  }

  std::string text_;  ///< more than is written: its size is the room
  char* at_;
  char* end_;
};

}  // namespace orrery::planets
