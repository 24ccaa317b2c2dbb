// HeldTimers: the timers of a loop whose clock is held: they run when they are told to, and in the order of their
// moments.
//
// One per loop that a test drives, loop thread only. It reads the time from base::monotonic_now(), which the test
// holds, and never from libuv. A timer is known by its callback, which stays where it is as long as the timer lives.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "base/clock.hpp"

namespace orrery::uv {

using Callback = std::function<void()>;

class HeldTimers {
 public:
  void start(const Callback& callback, std::chrono::milliseconds delay, std::chrono::milliseconds repeat);
  void forget(const Callback& callback);

  /// The moment of the first one.
  [[nodiscard]] std::optional<base::Monotonic> next() const;
  /// Calls those whose moment has come, but none that this starts. False when there was none.
  bool run_due();

 private:
  struct Waiting {
    const Callback* callback;
    std::chrono::milliseconds repeat;
    std::uint64_t serial;  ///< of its start
  };
  void add(base::Monotonic due, const Callback& callback, std::chrono::milliseconds repeat);

  std::multimap<base::Monotonic, Waiting> waiting_;
  std::uint64_t started_ = 0;
};

}  // namespace orrery::uv
