// Utf8Check: whether text that comes piece by piece is UTF-8 (RFC 3629), said at the first byte that cannot be.
//
// Pure, and eight bytes large. Overlong forms, surrogates and what lies beyond U+10FFFF are refused. After a refusal it
// must not be asked again before reset().
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/utf8.hpp"

namespace orrery::http::ws {

class Utf8Check {
 public:
  /// False when no text could begin like this.
  bool take(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size();) {
      if (needed_ == 0 && piece.size() - i >= 8 && all_ascii(piece.data() + i)) {
        i += 8;
      } else if (!take(static_cast<unsigned char>(piece[i++]))) {
        return false;
      }
    }
    return true;
  }
  /// No character is unfinished.
  [[nodiscard]] bool whole() const { return needed_ == 0; }
  void reset() { *this = {}; }

 private:
  static bool all_ascii(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return (word & 0x8080808080808080U) == 0;
  }
  bool take(unsigned char byte) {
    if (needed_ == 0) return byte < 0x80 || begin(byte);
    if (byte < least_ || byte > most_) return false;
    least_ = 0x80;
    most_ = 0xbf;
    --needed_;
    return true;
  }
  bool begin(unsigned char byte) {
    const auto lead = base::utf8_lead(byte);
    if (!lead) return false;
    needed_ = lead->follow;
    least_ = lead->least;
    most_ = lead->most;
    return true;
  }

  std::uint8_t needed_ = 0;                  ///< bytes of the character that are to come
  std::uint8_t least_ = 0x80, most_ = 0xbf;  ///< what the next of them may be
};

inline bool is_utf8(std::string_view text) {
  Utf8Check check;
  return check.take(text) && check.whole();
}

}  // namespace orrery::http::ws
