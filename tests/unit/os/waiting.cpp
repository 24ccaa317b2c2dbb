#include "os/waiting.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <string_view>
#include <sys/socket.h>

#include "os/packet.hpp"
#include "os/process.hpp"

namespace orrery::os {

using namespace std::chrono_literals;

TEST_CASE("waiting: ends when one of them has something, or its other end is gone") {
  auto one = make_channel(), other = make_channel();
  REQUIRE(one);
  REQUIRE(other);
  const std::array waited{one->ours.get(), -1, other->ours.get()};
  REQUIRE(send_packet(other->theirs.get(), std::string_view{"x"}));
  CHECK(wait_for_any(waited, base::Monotonic::max()));
  std::array<char, 8> room{};
  REQUIRE(take_packet(other->ours.get(), room).what == Arrival::kMessage);
  one->theirs.reset();
  CHECK(wait_for_any(waited, base::Monotonic::max()));
}

TEST_CASE("waiting: ends at its time, at once where that has passed") {
  auto channel = make_channel();
  REQUIRE(channel);
  const std::array waited{channel->ours.get()};
  CHECK(wait_for_any(waited, base::Monotonic{}));
  const base::Monotonic until = base::monotonic_now() + 3ms;
  CHECK(wait_for_any(waited, until));
  CHECK(base::monotonic_now() >= until);
}

TEST_CASE("waiting: a peer that has closed its side has left") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const base::UniqueFd near{ends[0]}, far{ends[1]};
  CHECK_FALSE(has_peer_left(near.get()));
  REQUIRE(::send(far.get(), "x", 1, 0) == 1);
  CHECK_FALSE(has_peer_left(near.get()));
  REQUIRE(::shutdown(far.get(), SHUT_WR) == 0);
  CHECK(has_peer_left(near.get()));
}

}  // namespace orrery::os
