// HeldClock: the clocks of this process stand still as long as it lives, and go on when a test says so.
//
// One at a time, and not beside a TestClient, which holds them too. One thread.
#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace orrery::test {

class HeldClock {
 public:
  HeldClock() { pass(std::chrono::hours{1}); }
  HeldClock(const HeldClock&) = delete;
  HeldClock& operator=(const HeldClock&) = delete;
  ~HeldClock() {
    base::held_clocks.monotonic_ns.store(0);
    base::held_clocks.utc_ns.store(0);
  }
  static void pass(std::chrono::milliseconds time) {
    const auto step = base::Nanoseconds{time}.count();
    base::held_clocks.monotonic_ns.fetch_add(step);
    base::held_clocks.utc_ns.fetch_add(step);
  }
};

}  // namespace orrery::test
