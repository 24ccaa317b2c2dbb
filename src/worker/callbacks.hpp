// Callbacks: the timers and watched descriptors of the application in one worker, behind orrery::Timer and Watch.
//
// Each is owned by the application and known here, so that none outlives the worker: let_go() ends all, and what the
// application still holds is then empty. What is called is fenced already. Loop thread only.
#pragma once

#include <chrono>
#include <functional>
#include <unordered_set>

#include "orrery/callbacks.hpp"

#include "uv/loop.hpp"

namespace orrery::worker {

class Callbacks {
 public:
  explicit Callbacks(uv::Loop& loop) : loop_(loop) {}
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;
  ~Callbacks() { let_go(); }

  /// `repeat`: 0 = once.
  Timer timer(std::chrono::milliseconds delay, std::chrono::milliseconds repeat, std::function<void()> task);
  Watch watch(int descriptor, Ready ready, std::function<void(Ready)> task);
  void let_go();

 private:
  class Entry;
  class TimerEntry;
  class WatchEntry;

  uv::Loop& loop_;
  std::unordered_set<Entry*> entries_;
};

}  // namespace orrery::worker
