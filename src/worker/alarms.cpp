#include "worker/alarms.hpp"

#include <algorithm>

#include "base/clock.hpp"

namespace orrery::worker {

namespace {

/// Longer than any worker lives, and short enough to be added to any moment.
constexpr std::chrono::hours kLongest{24 * 365 * 10};

}  // namespace

void Alarms::ring_after(std::chrono::milliseconds delay, Alarm& alarm) {
  const Time now = base::monotonic_now();
  waiting_.erase(&alarm);
  alarm.due = now + std::clamp<std::chrono::milliseconds>(delay, std::chrono::milliseconds{0}, kLongest);
  waiting_.insert(&alarm);
  if (alarm.due < armed_) arm(now);
}

/// Those that are due now and not those that the ringing adds, which would never let the loop go on.
void Alarms::ring_due() {
  const Time now = base::monotonic_now();
  armed_ = Time::max();
  while (!waiting_.empty() && (*waiting_.begin())->due <= now) {
    Alarm* const first = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    first->ring();
  }
  if (!waiting_.empty() && (*waiting_.begin())->due < armed_) arm(base::monotonic_now());
}

/// The loop's clock may be behind by what this turn has taken; then the timer comes too early, and is set again.
void Alarms::arm(Time now) {
  armed_ = (*waiting_.begin())->due;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(armed_ - now);
  timer_.start(std::max(left, std::chrono::milliseconds{0}));
}

}  // namespace orrery::worker
