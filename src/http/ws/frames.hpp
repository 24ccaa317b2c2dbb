// Frames: what the server's side of a WebSocket writes (RFC 6455, 5.2), and the codes that a close may have (7.4).
//
// Pure: bytes go behind a string. A server's frames are not masked, and a message is always one frame. Opcodes and
// codes are the RFC's numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::http::ws {

enum class Opcode : std::uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

constexpr bool is_control(Opcode opcode) { return opcode >= Opcode::kClose; }
/// In the first byte of a frame: its message is compressed.
inline constexpr unsigned kCompressed = 0x40;
/// The payload of a control frame is not larger.
inline constexpr std::size_t kLargestControl = 125;

namespace code {
inline constexpr std::uint16_t kNormal = 1000, kGoingAway = 1001, kProtocolError = 1002, kNone = 1005, kLost = 1006,
                               kNoText = 1007, kPolicy = 1008, kTooLarge = 1009, kFailed = 1011;
}  // namespace code

/// An endpoint may send it.
constexpr bool is_sendable_code(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/// `compressed`: the first reserved bit says so (RFC 7692, 6).
void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool compressed = false);
/// A close frame; `reason` is cut before the character that would make it too large. kNone: one without a code.
void append_close(std::string& out, std::uint16_t code, std::string_view reason);

}  // namespace orrery::http::ws
