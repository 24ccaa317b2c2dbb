#include "os/listen_queue.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/unique_fd.hpp"

namespace orrery::os {

namespace {

struct Listening {
  base::UniqueFd fd;
  base::Address address;
};

Listening listen_at(int family) {
  Listening listening{base::UniqueFd{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)}, {}};
  sockaddr_storage address{};
  address.ss_family = static_cast<sa_family_t>(family);
  socklen_t length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (family == AF_INET) reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (family == AF_INET6) reinterpret_cast<sockaddr_in6&>(address).sin6_addr = in6addr_loopback;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(listening.fd.get(), raw, length) == 0);
  REQUIRE(::listen(listening.fd.get(), 17) == 0);
  REQUIRE(::getsockname(listening.fd.get(), raw, &length) == 0);
  listening.address = base::Address::from_sockaddr(raw, length);
  return listening;
}

}  // namespace

TEST_CASE("listen_queue: what waits at an address, and how much may") {
  const int family = GENERATE(AF_INET, AF_INET6);
  const Listening listening = listen_at(family);
  sockaddr_storage address{};
  const socklen_t length = listening.address.to_sockaddr(address);
  base::UniqueFd first{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  base::UniqueFd second{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  for (const base::UniqueFd* client : {&first, &second})
    REQUIRE(::connect(client->get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  const auto queues = listen_queues();
  if (queues.empty()) {
    WARN("the kernel does not tell of listening sockets here");
    return;
  }
  const auto found = std::ranges::find(queues, listening.address, &ListenQueue::address);
  REQUIRE(found != queues.end());
  CHECK(found->waiting == 2);
  CHECK(found->limit == 17);
}

}  // namespace orrery::os
