#include "os/quarantine_table.hpp"

#include <algorithm>

namespace orrery::os {

namespace {

/// The master writes the list within some 100 ns; one that died while it wrote holds nobody up.
constexpr int kReadAttempts = 16;

}  // namespace

base::Monotonic QuarantineTable::held_until(std::uint64_t key, base::Monotonic now) const {
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    const std::uint32_t before = sequence_.load(std::memory_order_acquire);
    if (before % 2 != 0) continue;
    const std::size_t count = std::min<std::size_t>(count_.load(std::memory_order_relaxed), kEntries);
    std::int64_t until = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (cells_[i].key.load(std::memory_order_relaxed) == key)
        until = cells_[i].until_ns.load(std::memory_order_relaxed);
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    if (sequence_.load(std::memory_order_relaxed) != before) continue;
    const base::Monotonic end{base::Nanoseconds{until}};
    return end > now ? end : base::Monotonic{};
  }
  return {};
}

void QuarantineTable::publish(std::span<const Entry> entries) {
  const std::size_t count = std::min(entries.size(), kEntries);
  const std::uint32_t even = sequence_.load(std::memory_order_relaxed);
  sequence_.store(even + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  for (std::size_t i = 0; i < count; ++i) {
    cells_[i].key.store(entries[i].key, std::memory_order_relaxed);
    cells_[i].until_ns.store(entries[i].until.time_since_epoch().count(), std::memory_order_relaxed);
  }
  count_.store(static_cast<std::uint32_t>(count), std::memory_order_relaxed);
  sequence_.store(even + 2, std::memory_order_release);
}

}  // namespace orrery::os
