#include "os/handover.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <type_traits>

namespace orrery::os {

static_assert(std::is_trivially_copyable_v<ConnectionAtRest>, "it is sent as bytes");

namespace {

/// Room for some 50 messages with the kernel's own share of each.
constexpr int kSendBuffer = 32 * 1024;

/// One message and its control part, ready for sendmsg or recvmsg.
struct Envelope {
  explicit Envelope(ConnectionAtRest& rest) : part{&rest, sizeof rest} {
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;

  iovec part;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
};

base::UniqueFd descriptor_in(msghdr& header) {
  const cmsghdr* control = CMSG_FIRSTHDR(&header);
  const bool one = control != nullptr && control->cmsg_level == SOL_SOCKET &&
                   control->cmsg_type == SCM_RIGHTS && control->cmsg_len == CMSG_LEN(sizeof(int));
  if (!one) return {};
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(control), sizeof fd);
  return base::UniqueFd{fd};
}

}  // namespace

Result<HandoverPair> HandoverPair::open() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    return fail(fmt::format("cannot make a socket pair: {}", std::strerror(errno)));
  }
  HandoverPair pair{base::UniqueFd{ends[0]}, base::UniqueFd{ends[1]}};
  ::setsockopt(pair.give.get(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  return pair;
}

Giving give_connection(const HandoverPair& pair, int socket, ConnectionAtRest rest) {
  rest.given_ns = base::monotonic_now().time_since_epoch().count();
  Envelope envelope{rest};
  cmsghdr* control = CMSG_FIRSTHDR(&envelope.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof socket);
  std::memcpy(CMSG_DATA(control), &socket, sizeof socket);
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(pair.give.get(), &envelope.header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent == sizeof rest) return Giving::kGiven;
  const bool later = errno == EAGAIN || errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM;
  return later ? Giving::kLater : Giving::kFailed;
}

TakenConnection take_connection(const HandoverPair& pair) {
  TakenConnection taken;
  Envelope envelope{taken.rest};
  ssize_t got = 0;
  do {
    got = ::recvmsg(pair.take.get(), &envelope.header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return {};
  taken.socket = descriptor_in(envelope.header);
  if (got != sizeof taken.rest) taken.socket.reset();
  return taken;
}

int untaken(const HandoverPair& pair) {
  int bytes = 0;
  return ::ioctl(pair.give.get(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

unsigned reclaim(const HandoverPair& pair, base::Monotonic limit) {
  unsigned closed = 0;
  for (;;) {
    ConnectionAtRest oldest;
    // A look first: what another worker gave a moment ago may still find its taker.
    if (::recv(pair.take.get(), &oldest, sizeof oldest, MSG_PEEK) != sizeof oldest) return closed;
    if (oldest.given_ns > limit.time_since_epoch().count()) return closed;
    if (!take_connection(pair).socket) return closed;
    ++closed;
  }
}

bool has_free_descriptor() {
  const base::UniqueFd probe{::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)};
  return static_cast<bool>(probe);
}

}  // namespace orrery::os
