#include "os/accept.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <sys/socket.h>

#include "os/socket.hpp"
#include "os/stream_pair.hpp"
#include "support/child_process.hpp"

namespace orrery::os {

namespace {

using namespace std::chrono_literals;

/// A listener, and a client of it that nobody has accepted.
struct Waiting {
  Waiting() {
    sockaddr_storage address{};
    const socklen_t length = listener.address.to_sockaddr(address);
    client.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  }
  Listener listener = std::move(listen_on(*base::parse_bind("127.0.0.1:0"), "127.0.0.1:0", 16, std::nullopt)->listener);
  base::UniqueFd client;
};

}  // namespace

TEST_CASE("accept: for how long a client's bytes have waited is told, from before it was accepted on") {
  const Waiting waiting;
  CHECK(anybody_waits(waiting.listener.fd.get()));
  REQUIRE(::send(waiting.client.get(), "x", 1, MSG_NOSIGNAL) == 1);
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(test::eventually([&] { return std::chrono::steady_clock::now() - begin > 50ms; }));
  const Accepted accepted = accept_one(waiting.listener.fd.get());
  REQUIRE(accepted.socket);
  // The kernel counts in ticks of 10 ms at most.
  CHECK(time_unread(accepted.socket.get()) >= 30ms);
}

TEST_CASE("accept: who has said nothing waits for nothing, however long it is there") {
  const Waiting waiting;
  const Accepted accepted = accept_one(waiting.listener.fd.get());
  REQUIRE(accepted.socket);
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(test::eventually([&] { return std::chrono::steady_clock::now() - begin > 50ms; }));
  CHECK(time_unread(accepted.socket.get()) == 0ms);
}

TEST_CASE("accept: of what is no TCP nothing is told") {
  const auto pair = StreamPair::open();
  REQUIRE(pair);
  REQUIRE(::send(pair->far.get(), "x", 1, MSG_NOSIGNAL) == 1);
  CHECK(time_unread(pair->near.get()) == 0ms);
  CHECK(time_unread(-1) == 0ms);
}

}  // namespace orrery::os
