#include "os/listen_queue.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/unique_fd.hpp"

namespace orrery::os {

namespace {

constexpr unsigned kListening = 1U << 10;  // TCP_LISTEN, as a state among others

struct Question {
  nlmsghdr head;
  inet_diag_req_v2 body;
};

bool ask(int fd, int family) {
  Question question{};
  question.head.nlmsg_len = sizeof question;
  question.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.body.sdiag_family = static_cast<__u8>(family);
  question.body.sdiag_protocol = IPPROTO_TCP;
  question.body.idiag_states = kListening;
  return ::send(fd, &question, sizeof question, 0) == sizeof question;
}

base::Address address_of(const inet_diag_msg& told) {
  if (told.idiag_family == AF_INET) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = told.id.idiag_sport;
    std::memcpy(&address.sin_addr, told.id.idiag_src, sizeof address.sin_addr);
    return base::Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = told.id.idiag_sport;
  std::memcpy(&address.sin6_addr, told.id.idiag_src, sizeof address.sin6_addr);
  return base::Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

void take(const inet_diag_msg& told, std::vector<ListenQueue>& queues) {
  const base::Address address = address_of(told);
  auto found = std::ranges::find(queues, address, &ListenQueue::address);
  if (found == queues.end()) found = queues.insert(queues.end(), ListenQueue{address, 0, 0});
  found->waiting += told.idiag_rqueue;
  found->limit += told.idiag_wqueue;
}

/// False at the end of the answer, and where there is none.
bool read_part(int fd, std::vector<ListenQueue>& queues) {
  alignas(nlmsghdr) std::array<char, 16384> bytes;
  const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  auto left = static_cast<std::size_t>(got);
  for (std::size_t at = 0; left >= sizeof(nlmsghdr);) {
    nlmsghdr head;
    std::memcpy(&head, bytes.data() + at, sizeof head);
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > left) return false;
    if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) return false;
    if (head.nlmsg_type == SOCK_DIAG_BY_FAMILY && head.nlmsg_len >= NLMSG_HDRLEN + sizeof(inet_diag_msg)) {
      inet_diag_msg told;
      std::memcpy(&told, bytes.data() + at + NLMSG_HDRLEN, sizeof told);
      take(told, queues);
    }
    const std::size_t step = std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), left);
    at += step;
    left -= step;
  }
  return true;
}

}  // namespace

std::vector<ListenQueue> listen_queues() {
  std::vector<ListenQueue> queues;
  const base::UniqueFd fd{::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
  if (!fd) return queues;
  for (const int family : {AF_INET, AF_INET6}) {
    if (!ask(fd.get(), family)) continue;
    while (read_part(fd.get(), queues)) {
    }
  }
  return queues;
}

}  // namespace orrery::os
