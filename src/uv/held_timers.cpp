#include "uv/held_timers.hpp"

#include <algorithm>

namespace orrery::uv {

void HeldTimers::add(base::Monotonic due, const Callback& callback, std::chrono::milliseconds repeat) {
  waiting_.emplace(due, Waiting{&callback, repeat, ++started_});
}

void HeldTimers::start(const Callback& callback, std::chrono::milliseconds delay, std::chrono::milliseconds repeat) {
  forget(callback);
  add(base::monotonic_now() + delay, callback, repeat);
}

void HeldTimers::forget(const Callback& callback) {
  std::erase_if(waiting_, [&](const auto& entry) { return entry.second.callback == &callback; });
}

std::optional<base::Monotonic> HeldTimers::next() const {
  return waiting_.empty() ? std::nullopt : std::optional{waiting_.begin()->first};
}

bool HeldTimers::run_due() {
  const base::Monotonic now = base::monotonic_now();
  const std::uint64_t last = started_;
  bool any = false;
  for (;;) {
    const auto due = std::find_if(waiting_.begin(), waiting_.upper_bound(now),
                                  [last](const auto& entry) { return entry.second.serial <= last; });
    if (due == waiting_.end() || due->first > now) return any;
    const Waiting one = due->second;
    waiting_.erase(due);
    if (one.repeat.count() > 0) add(now + one.repeat, *one.callback, one.repeat);
    any = true;
    (*one.callback)();
  }
}

}  // namespace orrery::uv
