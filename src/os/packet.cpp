#include "os/packet.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace orrery::os {

bool send_packet(int fd, std::span<const char> message) {
  ssize_t sent = 0;
  do {
    sent = ::send(fd, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(message.size());
}

Packet take_packet(int fd, std::span<char> room) {
  ssize_t got = 0;
  do {
    got = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT | MSG_TRUNC);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && errno == EAGAIN) return {Arrival::kNothing};
  if (got <= 0) return {Arrival::kClosed};
  return {Arrival::kMessage, static_cast<std::size_t>(got)};
}

}  // namespace orrery::os
