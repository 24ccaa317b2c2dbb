// The rules of the supervisor about memory: which worker has too much of it, and whether there is enough for a
// replacement beside the worker that it replaces.
//
// Part of class Supervisor; asks nobody, and knows only what MemoryRead told.
#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <string>

#include "master/supervisor.hpp"

namespace orrery::master {

namespace {

/// Looks after which the cgroup would be full if all went on as it did since the last one.
constexpr std::uint64_t kLooksAhead = 10;

double mebibytes(double bytes) { return bytes / (1024 * 1024); }
double mebibytes(std::uint64_t bytes) { return mebibytes(static_cast<double>(bytes)); }

/// ", and grows by 1.5 MiB each 1,000 requests"; empty where that is not known, or does not grow.
std::string growth_of(const Child& child) {
  constexpr double kWorthTelling = 1024;
  const double bytes = child.growth.per_thousand().value_or(0);
  return bytes < kWorthTelling ? "" : fmt::format(", and grows by {:.3g} MiB each 1,000 requests", mebibytes(bytes));
}

}  // namespace

void Supervisor::handle(const MemoryRead& event) {
  memory_left_ = event.left;
  for (const MemoryUse& use : event.uses) {
    Child* child = children_.with_pid(use.pid);
    if (child != nullptr && child->ready()) child->growth.look(use.requests, use.bytes);
  }
  if (!serving()) return;
  for (const MemoryUse& use : event.uses) {
    Child* child = children_.with_pid(use.pid);
    if (child != nullptr && child->ready()) judge_memory(*child, use.bytes);
  }
  replace_before_memory_ends();
}

void Supervisor::judge_memory(Child& child, std::uint64_t bytes) {
  if (plan_.max_memory_hard != 0 && bytes > plan_.max_memory_hard) {
    say(LogLevel::kWarning,
        fmt::format("{} has {:.1f} MiB of private memory, above max_worker_memory_hard{}: it leaves now",
                    name_of(child), mebibytes(bytes), growth_of(child)));
    retire(child);
  } else if (plan_.max_memory != 0 && bytes > plan_.max_memory && !child.spent) {
    mark_spent(
        child.pid, LogLevel::kWarning,
        fmt::format("has {:.1f} MiB of private memory, above max_worker_memory{}", mebibytes(bytes), growth_of(child)));
  }
}

// Before the kernel kills one of them with all its requests, the largest of those that grow is replaced; one at a time.
void Supervisor::replace_before_memory_ends() {
  if (!memory_left_ || rolling() || unavailable() > 0) return;
  std::uint64_t added = 0;
  const Child* largest = nullptr;
  for (const Child& child : children_) {
    if (!child.live() || child.spent) {
      return;  // one leaves already
    }
    added += child.growth.added();
    const bool grows = child.ready() && child.growth.per_thousand().value_or(0) > 0;
    if (grows && (largest == nullptr || child.growth.bytes() > largest->growth.bytes())) largest = &child;
  }
  if (largest == nullptr || added == 0 || *memory_left_ / added >= kLooksAhead) return;
  mark_spent(largest->pid, LogLevel::kWarning,
             fmt::format("has {:.1f} MiB of private memory{}, and its cgroup has {:.1f} MiB left",
                         mebibytes(largest->growth.bytes()), growth_of(*largest), mebibytes(*memory_left_)));
}

// A replacement takes what the largest of the workers took when it was seen first, and a quarter more.
bool Supervisor::memory_for_one_more() const {
  if (!memory_left_) return true;
  std::uint64_t fresh = 0;
  for (const Child& child : children_) fresh = std::max(fresh, child.growth.first_bytes());
  return *memory_left_ >= fresh + fresh / 4;
}

bool Supervisor::waits_for_memory(unsigned place) const {
  return std::ranges::any_of(children_,
                             [place](const Child& child) { return child.place == place && child.leaves_first; });
}

void Supervisor::leave_first(Child& former) {
  if (!due(former.place) || unavailable() > 0) return;
  say(LogLevel::kWarning,
      fmt::format(
          "{} leaves before its replacement comes: the cgroup has {:.1f} MiB left, which is too little for both",
          name_of(former), mebibytes(*memory_left_)));
  former.leaves_first = true;
  retire(former);
}

}  // namespace orrery::master
