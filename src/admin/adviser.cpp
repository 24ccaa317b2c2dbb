#include "admin/adviser.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "base/clock.hpp"
#include "os/cgroup.hpp"
#include "os/process.hpp"

namespace orrery::admin {

namespace {

constexpr std::chrono::milliseconds kLook{250};
constexpr unsigned kLooksASecond = 4;

bool serves(const os::Slot& slot) { return slot.state.load(std::memory_order_acquire) == os::WorkerState::kReady; }

}  // namespace

void Adviser::begin(Worker& worker) {
  look();
  timer_ = worker.repeat(kLook, [this] { look(); });
}

void Adviser::look() {
  const auto facts = board_.facts();
  const auto totals = board_.totals();
  if (!facts || !totals) return;
  const base::Monotonic now = base::monotonic_now();
  if (facts->target != workers_ || facts->generation != generation_) {
    workers_ = facts->target;
    generation_ = facts->generation;
    seconds_.clear();
    looks_ = 0;
  }
  if (looks_ == 0) {
    since_ = now;
    busy_ = 0;
    answered_ = totals->requests;
    queue_ns_ = totals->queue_ns;
    used_cpu();
  }
  // While a worker boots or leaves, the second begins anew with each look.
  const auto busy = busy_now();
  busy_ += busy.value_or(0);
  looks_ = busy ? looks_ + 1 : 0;
  if (looks_ > kLooksASecond) end_second(*totals, now);
}

void Adviser::end_second(const os::Totals& totals, base::Monotonic now) {
  const double cpus = base::seconds(used_cpu()) / std::max(base::seconds(now - since_), 0.001);
  LoadSecond second;
  second.cpus = cpus;
  // The loop of class async uses one CPU at most, and is busy only while it uses it.
  second.busy = class_ == WorkerClass::kAsync ? cpus / std::max(workers_, 1U) : busy_ / looks_;
  second.busy = std::clamp(second.busy, 0.0, 1.0);
  if (const std::uint64_t answered = totals.requests - answered_; answered > 0)
    second.queue = base::Nanoseconds{static_cast<std::int64_t>((totals.queue_ns - queue_ns_) / answered)};
  if (seconds_.size() >= kDownAfter) seconds_.erase(seconds_.begin());
  seconds_.push_back(second);
  looks_ = 0;
}

base::Nanoseconds Adviser::used_cpu() {
  base::Nanoseconds used{0};
  std::map<pid_t, base::Nanoseconds> times;
  for (const os::Slot& slot : board_.workers()) {
    const pid_t pid = slot.pid.load(std::memory_order_relaxed);
    const auto time = serves(slot) ? os::cpu_time(pid) : std::nullopt;
    if (!time) continue;
    times[pid] = *time;
    if (const auto before = cpu_.find(pid); before != cpu_.end()) used += *time - before->second;
  }
  cpu_ = std::move(times);
  return used;
}

std::optional<double> Adviser::busy_now() const {
  unsigned there = 0;
  double busy = 0;
  for (const os::Slot& slot : board_.workers()) {
    if (!serves(slot)) continue;
    ++there;
    const os::PoolUse& pool = slot.pools[0];
    const auto threads = static_cast<double>(pool.threads.load(std::memory_order_relaxed));
    if (class_ == WorkerClass::kThreads && threads > 0)
      busy += static_cast<double>(pool.busy.load(std::memory_order_relaxed)) / threads;
    else if (slot.requests_in_flight() > 0)
      busy += 1;
  }
  if (there == 0 || there != workers_) return std::nullopt;
  return busy / there;
}

Advice Adviser::advice(unsigned least, unsigned most) const {
  AdviceTerms terms{workers_, least, most, cpus_, {}, {}};
  // The kernel walks a worker's memory to measure it: only where more of them are wished for.
  Advice wished = advise(seconds_, terms);
  if (wished.workers <= workers_) return wished;
  if (const auto room = os::memory_room()) {
    terms.memory_left = room->left;
    std::uint64_t largest = 0;
    for (const os::Slot& slot : board_.workers()) {
      if (serves(slot))
        largest = std::max(largest, os::private_memory(slot.pid.load(std::memory_order_relaxed)).value_or(0));
    }
    if (largest > 0) terms.memory_of_one = largest;
  }
  return advise(seconds_, terms);
}

}  // namespace orrery::admin
