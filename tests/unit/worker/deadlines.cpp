#include "worker/deadlines.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using base::Monotonic;

struct Woken final : Deadline {
  void on_deadline(Monotonic) override {
    ++times;
    if (act) act();
  }
  int times = 0;
  std::function<void()> act;
};

}  // namespace

TEST_CASE("deadlines: by hand each is woken at its moment and never before") {
  uv::Loop loop;
  loop.hold_timers();
  Deadlines deadlines{loop};
  const Monotonic now = base::monotonic_now();
  Woken soon;
  Woken late;
  Woken far;  // beyond the wheel
  deadlines.schedule(late, now + 250ms, now);
  deadlines.schedule(soon, now + 1ms, now);
  deadlines.schedule(far, now + 1h, now);
  CHECK(deadlines.next_due(now) == now + 1ms);
  deadlines.wake_due(now);
  CHECK(soon.times == 0);
  deadlines.wake_due(now + 1ms);
  CHECK(soon.times == 1);
  CHECK(late.times == 0);
  CHECK(deadlines.next_due(now + 1ms) == now + 250ms);
  deadlines.wake_due(now + 10s);
  CHECK(late.times == 1);
  CHECK(far.times == 0);
  CHECK(deadlines.next_due(now + 10s) == now + 1h);
  deadlines.wake_due(now + 1h);
  CHECK(far.times == 1);
  CHECK_FALSE(deadlines.next_due(now + 1h).has_value());
}

TEST_CASE("deadlines: one that is woken may ask anew, and may take another along") {
  uv::Loop loop;
  loop.hold_timers();
  Deadlines deadlines{loop};
  const Monotonic now = base::monotonic_now();
  auto other = std::make_unique<Woken>();
  Woken first;
  first.act = [&] {
    other.reset();
    deadlines.schedule(first, now, now);
  };
  deadlines.schedule(first, now + 1ms, now);
  deadlines.schedule(*other, now + 2ms, now);
  deadlines.wake_due(now + 2ms);
  CHECK(first.times == 1);
  CHECK(other == nullptr);
  deadlines.wake_due(now + 2ms);
  CHECK(first.times == 2);
}

}  // namespace orrery::worker
