#include "uv/held_timers.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "uv/loop.hpp"

namespace orrery::uv {

namespace {

using namespace std::chrono_literals;

/// Holds the clock of this process as long as it lives.
class Clock {
 public:
  Clock() { pass(1h); }
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  ~Clock() { base::held_clocks.monotonic_ns.store(0); }
  static void pass(std::chrono::milliseconds time) {
    base::held_clocks.monotonic_ns.fetch_add(base::Nanoseconds{time}.count());
  }
};

}  // namespace

TEST_CASE("held timers: each runs at its moment and not before") {
  const Clock clock;
  Loop loop;
  HeldTimers& held = loop.hold_timers();
  std::string calls;
  Timer late{loop, [&] { calls += 'l'; }};
  Timer early{loop, [&] { calls += 'e'; }};
  late.start(20ms);
  early.start(10ms);
  CHECK_FALSE(held.run_due());
  CHECK(held.next() == base::monotonic_now() + 10ms);
  Clock::pass(10ms);
  CHECK(held.run_due());
  CHECK(calls == "e");
  Clock::pass(9ms);
  CHECK_FALSE(held.run_due());
  Clock::pass(1ms);
  CHECK(held.run_due());
  CHECK(calls == "el");
  CHECK_FALSE(held.next().has_value());
}

TEST_CASE("held timers: one that repeats comes again, one that is stopped or gone does not") {
  const Clock clock;
  Loop loop;
  HeldTimers& held = loop.hold_timers();
  int calls = 0;
  Timer repeated{loop, [&] { ++calls; }};
  repeated.start(5ms, 7ms);
  Clock::pass(5ms);
  CHECK(held.run_due());
  CHECK(held.next() == base::monotonic_now() + 7ms);
  repeated.stop();
  CHECK_FALSE(held.next().has_value());
  {
    Timer gone{loop, [&] { ++calls; }};
    gone.start(1ms);
  }
  Clock::pass(1h);
  CHECK_FALSE(held.run_due());
  CHECK(calls == 1);
}

TEST_CASE("held timers: what a timer starts waits for the next time") {
  const Clock clock;
  Loop loop;
  HeldTimers& held = loop.hold_timers();
  int calls = 0;
  Timer again{loop, [&] {
                ++calls;
                again.start(0ms);
              }};
  again.start(0ms);
  CHECK(held.run_due());
  CHECK(calls == 1);
  CHECK(held.run_due());
  CHECK(calls == 2);
}

TEST_CASE("held timers: a started timer that is started anew has its new moment only") {
  const Clock clock;
  Loop loop;
  HeldTimers& held = loop.hold_timers();
  int calls = 0;
  Timer timer{loop, [&] { ++calls; }};
  timer.start(5ms);
  timer.start(10ms);
  Clock::pass(5ms);
  CHECK_FALSE(held.run_due());
  Clock::pass(5ms);
  CHECK(held.run_due());
  CHECK(calls == 1);
}

TEST_CASE("held timers: one may stop another that is due as well") {
  const Clock clock;
  Loop loop;
  HeldTimers& held = loop.hold_timers();
  std::string calls;
  Timer second{loop, [&] { calls += '2'; }};
  Timer first{loop, [&] {
                calls += '1';
                second.stop();
              }};
  first.start(1ms);
  second.start(2ms);
  Clock::pass(2ms);
  CHECK(held.run_due());
  CHECK(calls == "1");
}

}  // namespace orrery::uv
