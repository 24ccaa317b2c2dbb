#include "worker/kernel_queue.hpp"

#include <catch2/catch.hpp>

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;

/// A socket's number is how many milliseconds it has waited.
int asked = 0;
std::chrono::milliseconds ask(int socket) {
  ++asked;
  return std::chrono::milliseconds{socket};
}

}  // namespace

TEST_CASE("kernel queue: while none waits the first and each sixteenth connection is asked") {
  asked = 0;
  KernelQueue queue{ask};
  for (unsigned i = 0; i < 3 * KernelQueue::kOneOf; ++i) CHECK(queue.time_in(0) == 0ms);
  CHECK(asked == 3);
}

TEST_CASE("kernel queue: from the first that waited to the first that did not each one is asked") {
  asked = 0;
  KernelQueue queue{ask};
  CHECK(queue.time_in(0) == 0ms);
  for (unsigned i = 1; i < KernelQueue::kOneOf; ++i) CHECK(queue.time_in(900) == 0ms);
  CHECK(asked == 1);
  CHECK(queue.time_in(900) == 900ms);
  for (int i = 0; i < 100; ++i) CHECK(queue.time_in(20) == 20ms);
  CHECK(asked == 102);
  CHECK(queue.time_in(0) == 0ms);
  CHECK(queue.time_in(900) == 0ms);
  CHECK(asked == 103);
}

}  // namespace orrery::worker
