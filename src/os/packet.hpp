// Packet: a whole message over one end of a SOCK_SEQPACKET pair (os/process.hpp, Channel).
//
// Whatever the message means is the caller's. Never waits: what cannot be sent at once is not sent, and what has not
// come is kNothing. The other end may be another program, or an older one: nothing of what came is taken for granted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace orrery::os {

/// kNonsense: a message came that cannot be one.
enum class Arrival : std::uint8_t { kNothing, kMessage, kNonsense, kClosed };

/// False when the other end takes nothing more, or is gone.
bool send_packet(int fd, std::span<const char> message);

struct Packet {
  Arrival what = Arrival::kNothing;
  std::size_t size = 0;  ///< of the message, of which as much as had room was written
};
Packet take_packet(int fd, std::span<char> room);

}  // namespace orrery::os
