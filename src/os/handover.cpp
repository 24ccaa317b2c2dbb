#include "os/handover.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

namespace orrery::os {

namespace {

/// Room for some 50 messages with the kernel's own share of each.
constexpr int kSendBuffer = 32 * 1024;

struct AddressBytes {
  std::array<std::uint8_t, 16> ip;
  std::uint16_t port;
  std::uint8_t family;
  std::uint8_t unused;
};

/// A ConnectionAtRest as it is sent: every byte of it is said here, none is padding.
struct Letter {
  std::int64_t since_ns;
  std::int64_t given_ns;
  AddressBytes peer;
  AddressBytes sender;
  std::uint32_t requests;
  std::uint8_t proxy;
  std::uint8_t tls;
  std::array<std::uint8_t, 2> unused;
};
static_assert(std::has_unique_object_representations_v<Letter> && kHandoverVersion == 2 && sizeof(Letter) == 64,
              "another binary reads these bytes: raise kHandoverVersion with every change");

AddressBytes bytes_of(const base::Address& address) {
  return {address.ip, address.port, static_cast<std::uint8_t>(address.family), 0};
}

base::Address address_of(const AddressBytes& bytes) {
  return {bytes.ip, bytes.port, static_cast<base::Address::Family>(bytes.family)};
}

Letter letter_of(const ConnectionAtRest& rest) {
  return {.since_ns = rest.since_ns,
          .given_ns = rest.given_ns,
          .peer = bytes_of(rest.arrival.peer),
          .sender = bytes_of(rest.sender),
          .requests = rest.requests,
          .proxy = static_cast<std::uint8_t>(rest.arrival.reception.proxy),
          .tls = static_cast<std::uint8_t>(rest.arrival.reception.tls ? 1 : 0),
          .unused = {}};
}

ConnectionAtRest rest_of(const Letter& letter) {
  return {
      .arrival = {address_of(letter.peer), {.proxy = static_cast<ProxyProtocol>(letter.proxy), .tls = letter.tls != 0}},
      .sender = address_of(letter.sender),
      .since_ns = letter.since_ns,
      .given_ns = letter.given_ns,
      .requests = letter.requests};
}

/// One message and its control part, ready for sendmsg or recvmsg.
struct Envelope {
  explicit Envelope(Letter& letter) : part{&letter, sizeof letter} {
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
  const bool one = control != nullptr && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS &&
                   control->cmsg_len == CMSG_LEN(sizeof(int));
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

std::optional<HandoverPair> HandoverPair::adopt(base::UniqueFd give, base::UniqueFd take) {
  for (const base::UniqueFd* end : {&give, &take}) {
    int type = 0;
    socklen_t length = sizeof type;
    const bool whole = ::getsockopt(end->get(), SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET &&
                       ::fcntl(end->get(), F_SETFD, FD_CLOEXEC) == 0;
    if (!whole) return std::nullopt;
  }
  return HandoverPair{std::move(give), std::move(take)};
}

Giving give_connection(const HandoverPair& pair, int socket, ConnectionAtRest rest) {
  rest.given_ns = base::monotonic_now().time_since_epoch().count();
  Letter letter = letter_of(rest);
  Envelope envelope{letter};
  cmsghdr* control = CMSG_FIRSTHDR(&envelope.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof socket);
  std::memcpy(CMSG_DATA(control), &socket, sizeof socket);
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(pair.give.get(), &envelope.header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent == sizeof letter) return Giving::kGiven;
  const bool later = errno == EAGAIN || errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM;
  return later ? Giving::kLater : Giving::kFailed;
}

TakenConnection take_connection(const HandoverPair& pair) {
  Letter letter{};
  Envelope envelope{letter};
  ssize_t got = 0;
  do {
    got = ::recvmsg(pair.take.get(), &envelope.header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return {};
  TakenConnection taken{descriptor_in(envelope.header), rest_of(letter)};
  if (got != sizeof letter) taken.socket.reset();
  return taken;
}

int untaken(const HandoverPair& pair) {
  int bytes = 0;
  return ::ioctl(pair.give.get(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

unsigned reclaim(const HandoverPair& pair, base::Monotonic limit) {
  unsigned closed = 0;
  for (;;) {
    Letter oldest{};
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
