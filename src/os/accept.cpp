#include "os/accept.hpp"

#include <cerrno>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace orrery::os {

Accepted accept_one(int listener) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  const int fd = ::accept4(listener, reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return {{}, {}, errno};
  return {base::UniqueFd{fd}, base::Address::from_sockaddr(reinterpret_cast<sockaddr*>(&address), length), 0};
}

std::chrono::milliseconds time_unread(int socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || info.tcpi_bytes_received == 0) return {};
  return std::chrono::milliseconds{info.tcpi_last_data_recv};
}

bool anybody_waits(int listener) {
  pollfd waiting{listener, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

bool is_left(const Listener& listener) {
  switch (listener.target.kind) {
    case base::BindTarget::Kind::kTcp: {
      socklen_t instructions = 0;
      return ::getsockopt(listener.fd.get(), SOL_SOCKET, SO_GET_FILTER, nullptr, &instructions) == 0 &&
             instructions > 0;
    }
    case base::BindTarget::Kind::kUnix: {
      if (listener.target.is_abstract()) {
        pollfd shut{listener.fd.get(), POLLRDHUP, 0};
        return ::poll(&shut, 1, 0) == 1 && (shut.revents & POLLRDHUP) != 0;
      }
      struct stat status {};
      return ::stat(listener.target.path.c_str(), &status) != 0 || status.st_ino != listener.path_inode;
    }
    case base::BindTarget::Kind::kInherited: return false;
  }
  return false;
}

bool is_connection_lost(int accept_error) {
  switch (accept_error) {
    case EINTR:
    case ECONNABORTED:
    case EPERM:  // a firewall rule forbade it (accept(2))
    // accept(2): Linux passes pending network errors of the new socket through accept.
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH: return true;
    default: return false;
  }
}

// ENOTSOCK: the listener was let go by a signal handler a moment ago (release_listeners).
bool is_nothing_there(int accept_error) { return accept_error == EAGAIN || accept_error == ENOTSOCK; }

}  // namespace orrery::os
