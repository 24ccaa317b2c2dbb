#include "admin/view.hpp"

#include <algorithm>
#include <atomic>

#include "admin/carrying.hpp"

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
          since(beat, now),
          slot.number.load(std::memory_order_relaxed),
          slot.counters.responses[5].load(std::memory_order_relaxed),
          since(base::Monotonic{base::Nanoseconds{slot.born_ns.load(std::memory_order_relaxed)}}, now),
          {},
          slot.idle.load(std::memory_order_relaxed),
          slot.lingering.load(std::memory_order_relaxed),
          base::Nanoseconds{slot.lag_ns.load(std::memory_order_relaxed)},
          slot.secured.load(std::memory_order_relaxed),
          slot.http2.load(std::memory_order_relaxed),
          slot.websockets.load(std::memory_order_relaxed)};
}

void add_pools(const os::Slot& slot, std::vector<PoolView>& pools) {
  for (std::size_t i = 0; i < std::min(pools.size(), slot.pools.size()); ++i) {
    const os::PoolUse& use = slot.pools[i];
    pools[i].threads += use.threads.load(std::memory_order_relaxed);
    pools[i].busy += use.busy.load(std::memory_order_relaxed);
    pools[i].queued += use.queued.load(std::memory_order_relaxed);
  }
}

base::Nanoseconds eldest_of(const os::Slot& slot, base::Monotonic now) {
  base::Nanoseconds eldest{0};
  for (const os::RequestCell& cell : slot.flights) {
    const auto record = cell.read();
    if (!record || record->started_ns == 0 || record->finished_ns != 0) continue;
    eldest = std::max(eldest, since(base::Monotonic{base::Nanoseconds{record->started_ns}}, now));
  }
  return eldest;
}

}  // namespace

View Viewer::look(base::Monotonic now) {
  if (const auto facts = board_.facts()) facts_ = *facts;
  if (const auto totals = board_.totals()) totals_ = *totals;
  View view{facts_, totals_, {}, since(board_.last_beat(), now), {}, {}, {}, {}, {}};
  view.pools.push_back({"(handlers)"});
  for (const std::string& name : names_.pools) view.pools.push_back({name});
  for (const os::Slot& slot : board_.workers()) {
    const os::WorkerState state = slot.state.load(std::memory_order_acquire);
    if (state == os::WorkerState::kFree) continue;
    view.workers.push_back(view_of(slot, state, now));
    add_pools(slot, view.pools);
    view.eldest = std::max(view.eldest, eldest_of(slot, now));
  }
  std::erase_if(view.pools, [](const PoolView& pool) { return pool.threads == 0; });
  return view;
}

View Viewer::look_own(base::Monotonic now) {
  View view = look(now);
  view.routes = routes_of(board_);
  view.duration_bounds = board_.duration_bounds();
  return view;
}

View Viewer::look_whole(base::Monotonic now) {
  View view = look_own(now);
  if (os::Ledger* const ledger = board_.ledger()) carry(view, *ledger);
  return view;
}

}  // namespace orrery::admin
