// UTF-8: how a well-formed character begins, and where it ends (RFC 3629).
//
// Pure. Code that writes bytes of a peer where only UTF-8 may stand asks it, byte by byte; overlong forms,
// surrogates and what lies beyond U+10FFFF are not well-formed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery::base {

/// What the first byte of a character says: how many follow it, and what the first of those may be. The others are 0x80
/// to 0xbf.
struct Utf8Lead {
  std::uint8_t follow = 0;
  std::uint8_t least = 0x80, most = 0xbf;
};

/// Nothing for a byte that begins no character.
constexpr std::optional<Utf8Lead> utf8_lead(unsigned char byte) {
  if (byte < 0x80) return Utf8Lead{};
  if (byte < 0xc2 || byte > 0xf4) return std::nullopt;
  Utf8Lead lead{.follow = static_cast<std::uint8_t>(byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3)};
  if (byte == 0xe0) lead.least = 0xa0;
  if (byte == 0xed) lead.most = 0x9f;
  if (byte == 0xf0) lead.least = 0x90;
  if (byte == 0xf4) lead.most = 0x8f;
  return lead;
}

/// Bytes of the well-formed character at the beginning of `text`; 0 when there is none.
inline std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = utf8_lead(at(0));
  if (!lead || text.size() <= lead->follow) return 0;
  if (lead->follow > 0 && (at(1) < lead->least || at(1) > lead->most)) return 0;
  for (std::size_t i = 2; i <= lead->follow; ++i)
    if ((at(i) & 0xc0U) != 0x80) return 0;
  return lead->follow + std::size_t{1};
}

}  // namespace orrery::base
