#include "worker/queue_delay.hpp"

#include <catch2/catch.hpp>

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;

constexpr base::Monotonic at(std::chrono::milliseconds time) { return base::Monotonic{1h + time}; }

}  // namespace

TEST_CASE("queue delay: a burst is served, a queue that stands for an interval is shed") {
  QueueDelay delay{50ms, 500ms};
  for (auto time = 0ms; time < 500ms; time += 100ms) CHECK_FALSE(delay.sheds(300ms, at(time)));
  CHECK(delay.sheds(300ms, at(500ms)));
  CHECK_FALSE(delay.sheds(90ms, at(510ms)));  // has not waited long enough to be given up
  CHECK(delay.sheds(101ms, at(520ms)));
  CHECK_FALSE(delay.sheds(40ms, at(530ms)));  // the queue is short again
  CHECK_FALSE(delay.sheds(300ms, at(540ms)));
}

TEST_CASE("queue delay: one that waits for a short time in an interval is enough") {
  QueueDelay delay{50ms, 500ms};
  CHECK_FALSE(delay.sheds(300ms, at(0ms)));
  CHECK_FALSE(delay.sheds(10ms, at(200ms)));
  CHECK_FALSE(delay.sheds(300ms, at(400ms)));
  CHECK_FALSE(delay.sheds(300ms, at(600ms)));
  CHECK(delay.sheds(300ms, at(1100ms)));
}

TEST_CASE("queue delay: what was long ago says nothing") {
  QueueDelay delay{50ms, 500ms};
  CHECK_FALSE(delay.sheds(300ms, at(0ms)));
  CHECK_FALSE(delay.sheds(300ms, at(60s)));
  CHECK_FALSE(delay.sheds(300ms, at(60s + 400ms)));
  CHECK(delay.sheds(300ms, at(60s + 500ms)));
}

}  // namespace orrery::worker
