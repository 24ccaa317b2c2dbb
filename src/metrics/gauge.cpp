#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fmt/core.h>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "metrics/family.hpp"
#include "os/process.hpp"

namespace orrery::metrics {

namespace {

/// Counts the forks that made this process: what a family has claimed is its process's own, and not its children's.
std::atomic<std::uint64_t> forks{1};

void count_forks() {
  static const int counted = ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  (void)counted;
}

}  // namespace

GaugeFamily::GaugeFamily(std::string name, std::string help, std::size_t places)
    : Family(Kind::kGauge, std::move(name), std::move(help)),
      memory_(std::make_shared<SharedMemory>(places * sizeof(Cell))),
      cells_(static_cast<Cell*>(memory_->data()), places) {
  count_forks();
}

bool GaugeFamily::take_memory(const Family& older) {
  const auto& other = static_cast<const GaugeFamily&>(older);
  if (cells_.size() != other.cells_.size()) return false;
  memory_ = other.memory_;
  cells_ = other.cells_;
  return true;
}

std::atomic<std::int64_t>* GaugeFamily::own() {
  const std::uint64_t now = forks.load(std::memory_order_relaxed);
  if (own_since_.load(std::memory_order_acquire) != now) {
    const std::scoped_lock lock(claiming_);
    if (own_since_.load(std::memory_order_relaxed) != now) {
      own_.store(claim(), std::memory_order_relaxed);
      own_since_.store(now, std::memory_order_release);
    }
  }
  Cell* const cell = own_.load(std::memory_order_relaxed);
  return cell != nullptr ? &cell->value : nullptr;
}

/// A free one, or that of a process which has ended.
GaugeFamily::Cell* GaugeFamily::claim() {
  const pid_t self = ::getpid();
  for (const bool dead : {false, true}) {
    for (Cell& cell : cells_) {
      pid_t owner = cell.owner.load(std::memory_order_relaxed);
      if (dead ? owner == self || os::send_signal(owner, 0) : owner != 0) continue;
      if (!cell.owner.compare_exchange_strong(owner, self, std::memory_order_relaxed)) continue;
      cell.value.store(0, std::memory_order_relaxed);
      return &cell;
    }
  }
  return nullptr;
}

std::vector<Sample> GaugeFamily::samples(std::span<const pid_t> alive, os::Ledger*) const {
  std::int64_t sum = 0;
  for (const Cell& cell : cells_) {
    const pid_t owner = cell.owner.load(std::memory_order_relaxed);
    if (owner != 0 && std::ranges::find(alive, owner) != alive.end()) sum += cell.value.load(std::memory_order_relaxed);
  }
  return {Sample{"", {}, fmt::format("{}", sum)}};
}

}  // namespace orrery::metrics
