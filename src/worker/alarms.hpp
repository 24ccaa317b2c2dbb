// Alarms: what suspended coroutines wait for when they sleep; one loop timer for all of them.
//
// One per worker, loop thread only. An alarm rings in a later turn of the loop, never before its time and at most a
// millisecond and a turn after it. It may be forgotten, and new ones set, while others ring. For deadlines of
// connections there is the wheel (deadlines.hpp), which is cheaper and coarser.
#pragma once

#include <chrono>
#include <set>

#include "orrery/strand.hpp"

#include "uv/loop.hpp"

namespace orrery::worker {

class Alarms {
 public:
  using Alarm = TaskLoop::Alarm;

  explicit Alarms(uv::Loop& loop) : timer_(loop, [this] { ring_due(); }) {}

  void ring_after(std::chrono::milliseconds delay, Alarm& alarm);
  void forget(Alarm& alarm) { waiting_.erase(&alarm); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Sooner {
    bool operator()(const Alarm* one, const Alarm* other) const {
      return one->due != other->due ? one->due < other->due : one < other;
    }
  };
  void ring_due();
  void arm(Time now);

  uv::Timer timer_;
  std::set<Alarm*, Sooner> waiting_;
  Time armed_ = Time::max();  ///< what the timer is set for; max = it is not
};

}  // namespace orrery::worker
