#include "uv/end_watch.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace orrery::uv {

namespace {

struct Ends {
  Ends() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    ours.reset(ends[0]);
    peer.reset(ends[1]);
  }
  base::UniqueFd ours;
  base::UniqueFd peer;
};

using Told = std::vector<std::pair<std::uint64_t, bool>>;

}  // namespace

TEST_CASE("end watch: an end behind unread bytes is told once, and the loop does not spin over it") {
  Loop loop;
  Told told;
  auto watch =
      std::make_unique<EndWatch>(loop, [&](std::uint64_t tag, bool broken) { told.emplace_back(tag, broken); });
  const Ends first, second, third;
  REQUIRE(::write(first.peer.get(), "bytes", 5) == 5);
  ::shutdown(third.peer.get(), SHUT_WR);  // before it is watched
  watch->watch(first.ours.get(), 1);
  watch->watch(second.ours.get(), 2);
  watch->watch(third.ours.get(), 3);
  const auto turns = [&](int count) {
    for (int i = 0; i < count; ++i) uv_run(loop.raw(), UV_RUN_NOWAIT);
  };
  turns(3);
  CHECK(told == Told{{3, false}});
  ::shutdown(first.peer.get(), SHUT_WR);
  turns(3);
  CHECK(told == Told{{3, false}, {1, false}});

  SECTION("nothing is left that would wake the loop") {
    int woken = 0;
    Timer timer{loop, [&] {
                  ++woken;
                  loop.stop();
                }};
    timer.start(std::chrono::milliseconds{1});
    int rounds = 0;
    while (woken == 0) {
      uv_run(loop.raw(), UV_RUN_ONCE);
      ++rounds;
    }
    CHECK(rounds <= 3);
  }
  SECTION("a closed connection is forgotten") {
    Ends closed;
    watch->watch(closed.ours.get(), 4);
    closed.ours.reset();
    closed.peer.reset();
    turns(3);
    CHECK(told.size() == 2);
  }
  watch.reset();
}

}  // namespace orrery::uv
