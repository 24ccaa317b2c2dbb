#include "master/stall_watch.hpp"

#include <atomic>
#include <chrono>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "master/sidecar.hpp"

namespace orrery::master {

namespace {

double share(std::int64_t since_ns, std::chrono::milliseconds limit, base::Monotonic now) {
  if (limit.count() <= 0 || since_ns == 0) return 0;
  return base::seconds(now.time_since_epoch() - base::Nanoseconds{since_ns}) / base::seconds(limit);
}

}  // namespace

void StallWatch::look(pid_t pid, const os::Slot& slot, const Config& config, base::Monotonic now) {
  report(slot);
  const Stall stall = worst(pid, slot, config, now);
  const unsigned quarters = stall.used >= 0.75 ? 3 : stall.used >= 0.5 ? 2 : 0;
  if (stall.since_ns != since_ns_) quarters_ = 0;
  since_ns_ = stall.since_ns;
  if (quarters <= quarters_) return;
  quarters_ = quarters;
  const std::string text =
      fmt::format("{} (pid {}) {}: {:.0f} % of the time is used up", name_of(slot.role.load(std::memory_order_relaxed)),
                  pid, stall.what, 100 * stall.used);
  if (os::process_state(pid) == 'T') return base::log_warning("{}; it was stopped by SIGSTOP", text);
  sample_ = slot.sample.count();
  if (os::ask_for_stack(pid, stall.thread)) asked_ = text;
}

StallWatch::Stall StallWatch::worst(pid_t pid, const os::Slot& slot, const Config& config, base::Monotonic now) {
  const std::int64_t beat = slot.heartbeat_ns.load(std::memory_order_relaxed);
  Stall worst{share(beat, config.timeout, now), pid, beat, "has not beaten since"};
  worst.what = fmt::format("has had no heartbeat for {:.1f} s", worst.used * base::seconds(config.timeout));
  if (worst.used < 0.5) worst = {};
  for (const os::RequestCell& cell : slot.flights) {
    const auto record = cell.read();
    const bool runs = record && record->started_ns != 0 && record->finished_ns == 0 &&
                      (record->thread != 0 || record->deadline_ns != 0);
    if (!runs) continue;
    const double used = share(record->started_ns, config.request_deadline, now);
    if (used < worst.used || used < 0.5) continue;
    worst = {used, record->thread != 0 ? record->thread : pid, record->started_ns,
             fmt::format("is in {} {} (id {}, {:.1f} s, from {})", record->method_view(), record->target_view(),
                         record->id_view(), used * base::seconds(config.request_deadline), record->peer.to_string())};
  }
  return worst;
}

void StallWatch::report(const os::Slot& slot) {
  if (asked_.empty()) return;
  const std::string text = std::exchange(asked_, {});
  const auto sample = slot.sample.count() != sample_ ? slot.sample.read() : std::nullopt;
  base::log_warning("{}; stack: {}", text, sample ? os::describe_stack(*sample) : "it gave none");
}

}  // namespace orrery::master
