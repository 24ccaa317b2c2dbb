#include "os/quarantine_table.hpp"

#include <algorithm>

namespace orrery::os {

base::Monotonic QuarantineTable::held_until(std::uint64_t key, base::Monotonic now) const {
  std::int64_t until = 0;
  const bool whole = sequence_.read([&] {
    const std::size_t count = std::min<std::size_t>(count_.load(std::memory_order_relaxed), kEntries);
    until = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (cells_[i].key.load(std::memory_order_relaxed) == key)
        until = cells_[i].until_ns.load(std::memory_order_relaxed);
    }
  });
  const base::Monotonic end{base::Nanoseconds{until}};
  return whole && end > now ? end : base::Monotonic{};  // a master that died while it wrote holds nobody up
}

void QuarantineTable::publish(std::span<const Entry> entries) {
  const std::size_t count = std::min(entries.size(), kEntries);
  sequence_.write([&] {
    for (std::size_t i = 0; i < count; ++i) {
      cells_[i].key.store(entries[i].key, std::memory_order_relaxed);
      cells_[i].until_ns.store(entries[i].until.time_since_epoch().count(), std::memory_order_relaxed);
    }
    count_.store(static_cast<std::uint32_t>(count), std::memory_order_relaxed);
  });
}

}  // namespace orrery::os
