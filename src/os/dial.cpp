#include "os/dial.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fmt/core.h>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace orrery::os {

namespace {

/// connect(2) obeys it as well, and then fails with EINPROGRESS or EAGAIN.
void bound_waiting(int fd, std::chrono::milliseconds limit) {
  timeval span{};
  span.tv_sec = limit.count() / 1000;
  span.tv_usec = limit.count() % 1000 * 1000;
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &span, sizeof span);
}

std::string reason(int error) {
  if (error == EINPROGRESS || error == EAGAIN) return "nobody took the connection in time";
  return std::strerror(error);
}

Result<base::UniqueFd> connected(int family, const sockaddr* address, socklen_t length,
                                 std::chrono::milliseconds limit) {
  base::UniqueFd fd{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!fd) return fail(reason(errno));
  bound_waiting(fd.get(), limit);
  if (::connect(fd.get(), address, length) != 0) return fail(reason(errno));
  return fd;
}

struct FreeList {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

Result<base::UniqueFd> dial_unix(const std::string& path, std::chrono::milliseconds limit) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return fail(fmt::format("the path of a socket has 1 to {} bytes", sizeof address.sun_path - 1));
  std::memcpy(address.sun_path, path.data(), path.size());
  const bool abstract = path[0] == '@';
  if (abstract) address.sun_path[0] = '\0';
  const std::size_t length = offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1);
  return connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length), limit);
}

Result<base::UniqueFd> dial_tcp(const std::string& host, const std::string& port, std::chrono::milliseconds limit) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &first); error != 0)
    return fail(::gai_strerror(error));
  const std::unique_ptr<addrinfo, FreeList> list{first};
  std::string why = "it has no address";
  for (const addrinfo* at = first; at != nullptr; at = at->ai_next) {
    auto fd = connected(at->ai_family, at->ai_addr, at->ai_addrlen, limit);
    if (fd) return fd;
    why = fd.error().message;
  }
  return fail(why);
}

}  // namespace orrery::os
