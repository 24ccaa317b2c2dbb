#include "admin/view.hpp"

#include <algorithm>
#include <atomic>

namespace orrery::admin {

namespace {

base::Nanoseconds since(base::Monotonic then, base::Monotonic now) {
  return then == base::Monotonic{} ? base::Nanoseconds{0} : std::max(now - then, base::Nanoseconds{0});
}

WorkerView view_of(const os::Slot& slot, os::WorkerState state, base::Monotonic now) {
  const base::Monotonic beat{base::Nanoseconds{slot.heartbeat_ns.load(std::memory_order_relaxed)}};
  return {slot.pid.load(std::memory_order_relaxed),
          state,
          slot.generation.load(std::memory_order_relaxed),
          slot.connections.load(std::memory_order_relaxed),
          slot.requests_in_flight(),
          slot.counters.requests.load(std::memory_order_relaxed),
          since(beat, now)};
}

}  // namespace

View Viewer::look(base::Monotonic now) {
  if (const auto facts = board_.facts()) facts_ = *facts;
  if (const auto totals = board_.totals()) totals_ = *totals;
  View view{facts_, totals_, {}, since(board_.last_beat(), now)};
  for (const os::Slot& slot : board_.workers()) {
    const os::WorkerState state = slot.state.load(std::memory_order_acquire);
    if (state != os::WorkerState::kFree) view.workers.push_back(view_of(slot, state, now));
  }
  return view;
}

}  // namespace orrery::admin
