#include "master/culprit.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fmt/core.h>
#include <sys/wait.h>
#include <vector>

namespace orrery::master {

namespace {

using Request = std::optional<os::RequestRecord>;

/// A signal that what a program does brings upon itself.
bool is_own_fault(int signo) {
  constexpr std::array kFaults{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
  return std::find(kFaults.begin(), kFaults.end(), signo) != kFaults.end();
}

/// It did it by itself: a fault, abort(), or a call of exit() where none belongs.
bool ended_itself(const Death& death, const std::optional<os::StackSample>& crash) {
  if (death.ending != Ending::kCrashed) return false;
  if (crash && crash->sender != 0 && crash->sender != death.child.pid) return false;
  return !WIFSIGNALED(death.child.status) || is_own_fault(WTERMSIG(death.child.status));
}

/// Its handler held the loop thread so long that the master ended the worker. A worker that somebody had
/// stopped did nothing wrong.
bool was_stuck(const Death& death) {
  return (death.ending == Ending::kTimeout || death.ending == Ending::kDeadline) && !death.stopped;
}

Request in_flight(const os::RequestCell& cell) {
  const auto record = cell.read();
  return record && record->started_ns != 0 && record->finished_ns == 0 ? record : std::nullopt;
}

/// What the loop thread was running.
Request on_loop(const os::Slot& slot) {
  const int inner = slot.inner.load(std::memory_order_relaxed);
  if (inner > 0 && inner <= static_cast<int>(slot.flights.size()))
    return in_flight(slot.flights[static_cast<std::size_t>(inner) - 1]);
  return slot.handling.load(std::memory_order_relaxed) ? in_flight(slot.flights[0]) : std::nullopt;
}

/// What pool threads were running.
std::vector<os::RequestRecord> on_pool(const os::Slot& slot) {
  std::vector<os::RequestRecord> running = read_flights(slot).records;
  std::erase_if(running, [](const os::RequestRecord& record) { return record.thread == 0; });
  return running;
}

Request run_by(const os::Slot& slot, pid_t thread) {
  std::vector<os::RequestRecord> running = on_pool(slot);
  std::erase_if(running, [thread](const os::RequestRecord& record) { return record.thread != thread; });
  return running.size() == 1 ? Request{running[0]} : std::nullopt;
}

/// The only one that was running at all, where nothing says on which thread it ended.
Request only_one(const os::Slot& slot) {
  std::vector<os::RequestRecord> running = on_pool(slot);
  if (const auto loop = on_loop(slot)) running.push_back(*loop);
  return running.size() == 1 ? Request{running[0]} : std::nullopt;
}

Request running(const Death& death, const os::Slot& slot) {
  if (was_stuck(death)) return on_loop(slot);
  const auto crash = slot.crash.read();
  if (!ended_itself(death, crash)) return std::nullopt;
  if (!crash) return only_one(slot);
  return crash->thread == death.child.pid ? on_loop(slot) : run_by(slot, crash->thread);
}

}  // namespace

std::optional<Culprit> find_culprit(const Death& death, const os::Slot& slot) {
  const auto request = running(death, slot);
  if (!request) return std::nullopt;
  const auto method = request->method_view();
  Culprit culprit;
  culprit.request = {os::QuarantineTable::key_of(method, request->target_fingerprint),
                     fmt::format("{} {}", method, request->target_view())};
  culprit.how = was_stuck(death) ? Quarantine::How::kStuck : Quarantine::How::kCrashed;
  return culprit;
}

}  // namespace orrery::master
