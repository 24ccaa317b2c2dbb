// The character classes of RFC 9110 and RFC 9112, and the fast way to look at many bytes at once.
//
// Pure, constexpr tables; knows nothing of messages.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/lower_case.hpp"
#include "base/sixteen.hpp"
#include "base/text.hpp"

namespace orrery::http {

using base::is_digit;
using base::trimmed;
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// 0..15, or -1 when `c` is no hexadecimal digit.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// RFC 9110, 5.6.2: tchar.
inline constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"}) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr bool is_token_byte(char c) { return kTokenBytes[static_cast<unsigned char>(c)]; }

namespace sixteen = base::sixteen;

/// Number of leading token bytes. Quickest when more text follows.
inline std::size_t token_length(std::string_view text) {
  std::size_t i = 0;
  while (i + sizeof(sixteen::Block) <= text.size()) {
    const sixteen::Block bytes = sixteen::load(text.data() + i);
    // What names are mostly made of; the others are looked up.
    const auto common = ((bytes | 0x20) - 'a' < 26) | (bytes - '0' < 10) | (bytes == '-');
    const unsigned others = sixteen::bits(~common) & 0xffff;
    if (others == 0) {
      i += sizeof bytes;
      continue;
    }
    i += static_cast<std::size_t>(std::countr_zero(others));
    if (!is_token_byte(text[i])) return i;
    ++i;
  }
  while (i < text.size() && is_token_byte(text[i])) ++i;
  return i;
}

/// A control byte that may not stand in a field line (RFC 9110, 5.5): any but HTAB.
constexpr bool is_bad_in_field(char c) { return is_control(c) && c != '\t'; }
inline sixteen::Truth are_bad_in_field(sixteen::Block bytes) {
  return ((bytes < 0x20) & (bytes != '\t')) | (bytes == 0x7f);
}

/// True when `text` has only HTAB, visible characters, spaces and obs-text.
inline bool has_only_field_bytes(std::string_view text) {
  return sixteen::walk(text, are_bad_in_field, is_bad_in_field) == text.size();
}

/// A byte that may stand in a request target: visible ASCII but `#`.
constexpr bool is_target_byte(char c) { return c > 0x20 && c < 0x7f && c != '#'; }

/// Number of leading bytes that may stand in a request target.
inline std::size_t target_bytes(std::string_view text) {
  return sixteen::walk(
      text, [](sixteen::Block bytes) { return (bytes - 0x21 >= 0x7f - 0x21) | (bytes == '#'); },
      [](char c) { return !is_target_byte(c); });
}

using base::lower_case;

/// The bit that stands for a name's length: in a set of such bits a name that is not there is mostly told without a
/// look at any.
constexpr std::uint64_t length_bit(std::size_t length) { return std::uint64_t{1} << (length < 63 ? length : 63); }

/// Compares without regard to case. `text` must be free of control bytes, `lower` lower-case letters, digits and `-`.
inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] | 0x20) != lower[i]) return false;
  return true;
}

/// The same for a text that is written in the source, some bytes at a time.
template <std::size_t N>
inline bool equals_ignoring_case(std::string_view text, const char (&lower)[N]) {
  constexpr std::size_t kLength = N - 1;
  if (text.size() != kLength) return false;
  const auto differs = [&]<class Word>(Word, std::size_t at) {
    Word here, there;
    std::memcpy(&here, text.data() + at, sizeof here);
    std::memcpy(&there, lower + at, sizeof there);
    return (here | static_cast<Word>(0x2020202020202020)) ^ there;
  };
  if constexpr (kLength >= 8) {
    std::uint64_t all = differs(std::uint64_t{}, kLength - 8);
    for (std::size_t at = 0; at + 8 < kLength; at += 8) all |= differs(std::uint64_t{}, at);
    return all == 0;
  } else if constexpr (kLength >= 4) {
    return (differs(std::uint32_t{}, 0) | differs(std::uint32_t{}, kLength - 4)) == 0;
  } else {
    return equals_ignoring_case(text, std::string_view{lower, kLength});
  }
}

/// Compares two field names (RFC 9110, 5.1): ASCII without regard to case.
inline bool same_field_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower_case(a[i]) != lower_case(b[i])) return false;
  return true;
}

/// Calls `use` with each element of a comma-separated list (RFC 9110, 5.6.1), trimmed; empty elements are skipped.
template <class Use>
void for_each_element(std::string_view list, Use&& use) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trimmed(list.substr(0, comma));
    if (!element.empty()) use(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace orrery::http
