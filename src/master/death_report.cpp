#include "master/death_report.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fmt/core.h>
#include <string_view>
#include <sys/wait.h>

#include "base/clock.hpp"
#include "master/sidecar.hpp"
#include "os/wait_status.hpp"

namespace orrery::master {

namespace {

base::Nanoseconds age(const os::RequestRecord& record, base::Monotonic now) {
  return std::max(now.time_since_epoch() - base::Nanoseconds{record.started_ns}, base::Nanoseconds{0});
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string_view reason(Ending ending) {
  switch (ending) {
    case Ending::kAsked: return "has left as asked";
    case Ending::kRestarted: return "has left";
    case Ending::kBootFailed: return "ended before it was ready";
    case Ending::kBootTimeout: return "was killed: not ready within boot_timeout";
    case Ending::kTimeout: return "was ended: no heartbeat within timeout";
    case Ending::kDeadline: return "was ended: blocked in a request past request_deadline";
    case Ending::kGraceOver: return "was killed: still there after graceful_timeout";
    case Ending::kQuickStop: return "was killed: still there in a quick stop";
    case Ending::kCrashed: return "died";
  }
  return "ended";
}

// A SIGKILL we did not send has a short list of authors; the kernel does not tell which.
std::string cause(const Death& death) {
  const bool foreign_kill = WIFSIGNALED(death.child.status) && WTERMSIG(death.child.status) == SIGKILL &&
                            (death.ending == Ending::kCrashed || death.ending == Ending::kBootFailed);
  const std::string status = os::describe_status(death.child.status);
  if (foreign_kill) return status + (death.oom_killed ? ", by the kernel: out of memory in the cgroup" : ", not by us");
  return status + (death.stopped ? ", it had been stopped by SIGSTOP" : "");
}

std::string describe_crash(const os::Slot& slot, pid_t pid) {
  const auto sample = slot.crash.read();
  if (!sample) return {};
  std::string text = "; stack";
  if (sample->sender != 0) fmt::format_to(std::back_inserter(text), " (signal sent by pid {})", sample->sender);
  if (sample->thread != pid) fmt::format_to(std::back_inserter(text), " of thread {}", sample->thread);
  return text + ": " + os::describe_stack(*sample);
}

std::string describe_finished(const os::Slot& slot) {
  std::string text;
  const std::uint32_t next = slot.finished_next.load(std::memory_order_acquire);
  const std::uint32_t count = std::min<std::uint32_t>(next, os::kFinishedCells);
  for (std::uint32_t i = 1; i <= count; ++i) {
    const auto record = slot.finished[(next - i) % os::kFinishedCells].read();
    if (!record || record->started_ns == 0) continue;
    const base::Nanoseconds took{record->finished_ns - record->started_ns};
    fmt::format_to(std::back_inserter(text), "{} {} {} {} ({:.3f} s)",
                   text.empty() ? "; finished before, the last first:" : ",", record->method_view(),
                   record->target_view(), record->status, base::seconds(took));
  }
  return text;
}

std::string describe_flights(const Flights& flights, base::Monotonic now) {
  std::string text = fmt::format("; requests in flight: {}", flights.records.size());
  for (const os::RequestRecord& record : flights.records) {
    fmt::format_to(std::back_inserter(text), "{} {} {} (id {}, {:.3f} s, from {})",
                   &record == &flights.records[0] ? ":" : ",", record.method_view(), record.target_view(),
                   record.id_view(), base::seconds(age(record, now)), record.peer.to_string());
  }
  if (flights.torn != 0) fmt::format_to(std::back_inserter(text), "; records it was just writing: {}", flights.torn);
  return text;
}

}  // namespace

Flights read_flights(const os::Slot& slot) {
  Flights flights;
  for (const os::RequestCell& cell : slot.flights) {
    const auto record = cell.read();
    if (!record) {
      ++flights.torn;
    } else if (record->started_ns != 0 && record->finished_ns == 0) {
      flights.records.push_back(*record);
    }
  }
  return flights;
}

std::vector<os::RequestRecord> lost_flights(const os::Slot& slot) {
  std::vector<os::RequestRecord> records = read_flights(slot).records;
  std::erase_if(records, [&](const os::RequestRecord& record) { return slot.is_accounted(record.flight); });
  return records;
}

bool is_abnormal(Ending ending) { return ending != Ending::kAsked && ending != Ending::kRestarted; }

std::string describe_death(const Death& death, const os::Slot& slot, base::Monotonic now) {
  const rusage& usage = death.child.usage;
  const bool works = death.role == os::Role::kWorker;
  std::string text = fmt::format("{} {} (pid {}", name_of(death.role), death.number, death.child.pid);
  if (works) fmt::format_to(std::back_inserter(text), ", generation {}", death.generation);
  fmt::format_to(std::back_inserter(text), ") {} ({}) after {:.1f} s", reason(death.ending), cause(death),
                 base::seconds(death.lived));
  if (!is_abnormal(death.ending)) return text;
  fmt::format_to(std::back_inserter(text), ", {:.2f} s of CPU, at most {} MiB",
                 seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss / 1024);
  return text + describe_flights(read_flights(slot), now) + describe_crash(slot, death.child.pid) +
         describe_finished(slot);
}

unsigned count_lost_requests(os::Slot& slot) {
  const auto lost = static_cast<unsigned>(lost_flights(slot).size());
  os::bump(slot.counters.requests, lost);
  os::bump(slot.counters.responses[0], lost);
  return lost;
}

std::string remaining_access_lines(const Death& death, const os::Slot& slot, const base::AccessFormat& format,
                                   base::Monotonic now) {
  const std::size_t used = std::min<std::size_t>(slot.access.used.load(std::memory_order_acquire), os::kAccessBatch);
  std::string lines(slot.access.bytes.data(), used);
  const bool timed_out = death.ending == Ending::kTimeout || death.ending == Ending::kDeadline;
  for (const os::RequestRecord& flight : lost_flights(slot)) {
    base::AccessRecord record;
    std::array<char, 46> client{};
    record.client = flight.peer.format_ip(client);
    record.method = flight.method_view();
    record.target = flight.target_view();
    record.protocol = flight.protocol;
    record.id = flight.id_view();
    record.status = timed_out ? 504 : 500;
    record.finished = base::wall_now();
    record.duration = age(flight, now);
    record.pid = death.child.pid;
    record.ending = base::Ending::kCut;
    format.render(record, lines);
  }
  return lines;
}

}  // namespace orrery::master
