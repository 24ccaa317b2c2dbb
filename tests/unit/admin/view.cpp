#include "admin/view.hpp"

#include <catch2/catch.hpp>
#include <chrono>

namespace orrery::admin {

using namespace std::chrono_literals;

TEST_CASE("view: the workers that live, the totals of all, and what the master published") {
  auto board = os::Scoreboard::create();
  REQUIRE(board);
  const base::Monotonic now{100s};
  const auto gone = *board->claim();
  os::bump(board->slot(gone).counters.requests, 5);
  const auto lives = *board->claim();
  os::Slot& slot = board->slot(lives);
  slot.pid = 4242;
  slot.state = os::WorkerState::kReady;
  slot.heartbeat_ns = std::chrono::nanoseconds{99s}.count();
  slot.in_flight = 2;
  os::bump(slot.counters.requests, 3);
  os::bump(board->slot(*board->claim(os::Role::kAdmin)).counters.requests, 1000);
  board->release(gone);
  os::ServiceFacts facts;
  facts.master = 77;
  board->publish(facts);
  board->beat(base::Monotonic{90s});

  Viewer viewer{*board};
  const View view = viewer.look(now);
  CHECK(view.facts.master == 77);
  CHECK(view.totals.requests == 8);
  CHECK(view.master_silence == 10s);
  REQUIRE(view.workers.size() == 1);
  CHECK(view.workers[0].pid == 4242);
  CHECK(view.workers[0].in_flight == 2);
  CHECK(view.workers[0].silence == 1s);
}

TEST_CASE("view: nothing has happened yet, and a clock that seems to run backwards is no silence") {
  auto board = os::Scoreboard::create();
  REQUIRE(board);
  Viewer viewer{*board};
  CHECK(viewer.look(base::Monotonic{5s}).master_silence == 0s);
  board->beat(base::Monotonic{6s});
  CHECK(viewer.look(base::Monotonic{5s}).master_silence == 0s);
}

}  // namespace orrery::admin
