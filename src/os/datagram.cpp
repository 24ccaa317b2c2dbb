#include "os/datagram.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fmt/core.h>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace orrery::os {

namespace {

base::UniqueFd make_socket(int family) {
  return base::UniqueFd{::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

/// 0 or the errno. A unix socket of datagrams may be connected again and again.
int connect_to(int fd, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.data(), path.size());
  const bool abstract = path.starts_with('@');
  if (abstract) address.sun_path[0] = '\0';
  const std::size_t length = offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1);
  const auto* const general = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(fd, general, static_cast<socklen_t>(length)) == 0 ? 0 : errno;
}

struct FreeList {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

Result<base::UniqueFd> open_udp(const base::DatagramTarget& target) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* first = nullptr;
  if (const int error = ::getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &first); error != 0)
    return fail(::gai_strerror(error));
  const std::unique_ptr<addrinfo, FreeList> list{first};
  std::string reason = "it has no address";
  for (const addrinfo* at = first; at != nullptr; at = at->ai_next) {
    base::UniqueFd fd = make_socket(at->ai_family);
    if (fd && ::connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0) return fd;
    reason = std::strerror(errno);
  }
  return fail(reason);
}

ssize_t send_once(int fd, std::string_view bytes) {
  ssize_t sent = 0;
  do sent = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent;
}

bool is_gone(int error) { return error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET; }

}  // namespace

Result<Datagram> Datagram::open(const base::DatagramTarget& target) {
  auto datagram = open_for_later(target);
  if (!datagram || target.path.empty()) return datagram;
  if (const int error = connect_to(datagram->fd(), target.path); error != 0) return fail(std::strerror(error));
  return datagram;
}

Result<Datagram> Datagram::open_for_later(const base::DatagramTarget& target) {
  if (target.path.empty()) {
    auto fd = open_udp(target);
    if (!fd) return fail(fd);
    return Datagram{std::move(*fd), {}};
  }
  base::UniqueFd fd = make_socket(AF_UNIX);
  if (!fd) return fail(std::strerror(errno));
  return Datagram{std::move(fd), target.path};
}

bool Datagram::send(std::string_view bytes) const {
  ssize_t sent = send_once(fd_.get(), bytes);
  const bool again = sent < 0 && is_gone(errno) && (path_.empty() || connect_to(fd_.get(), path_) == 0);
  // Of UDP the error is that of a datagram before this one.
  if (again) sent = send_once(fd_.get(), bytes);
  return sent == static_cast<ssize_t>(bytes.size());
}

}  // namespace orrery::os
