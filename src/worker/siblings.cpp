#include "worker/siblings.hpp"

#include <algorithm>
#include <atomic>
#include <unistd.h>

namespace orrery::worker {

namespace {

bool is_ready(const os::Slot& slot) { return slot.state.load(std::memory_order_relaxed) == os::WorkerState::kReady; }

}  // namespace

bool Siblings::is_orphan() const { return ::getppid() != master_; }

bool Siblings::never_take() const {
  if (own_.role.load(std::memory_order_relaxed) != os::Role::kWorker) return true;
  if (board_.has_other_master()) return false;
  return board_.stopping() || is_orphan();
}

Giver::Takers Siblings::takers() const {
  if (never_take()) return Giver::Takers::kNever;
  const bool there = board_.has_other_master() || std::ranges::any_of(board_.workers(), is_ready);
  return there ? Giver::Takers::kThere : Giver::Takers::kNotNow;
}

bool Siblings::any_has_less() const {
  constexpr std::int32_t kClearly = 2;
  const std::int32_t most = own_.connections.load(std::memory_order_relaxed) - kClearly;
  return std::ranges::any_of(board_.siblings(own_), [&](const os::Slot& slot) {
    if (&slot == &own_ || !is_ready(slot)) return false;
    const std::uint32_t generation = slot.generation.load(std::memory_order_relaxed);
    if (generation != generation_) return generation > generation_;
    return slot.connections.load(std::memory_order_relaxed) < most;
  });
}

}  // namespace orrery::worker
