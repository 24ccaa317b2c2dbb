#include "master/sidecar.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/core.h>
#include <utility>

#include "base/clock.hpp"
#include "master/supervisor.hpp"
#include "os/wait_status.hpp"

namespace orrery::master {

namespace {

void say(LogLevel level, std::string text, Actions& actions) { actions.emplace_back(Say{level, std::move(text)}); }

}  // namespace

std::string_view name_of(os::Role role) {
  switch (role) {
    case os::Role::kWorker: break;
    case os::Role::kAdmin: return "Admin process";
    case os::Role::kMonitor: return "Monitor process";
  }
  return "Worker";
}

void Sidecar::on(const Forked& event, const Plan& plan, base::Monotonic now, Actions& actions) {
  if (!child_ || child_->number != event.number || child_->pid != 0) return;
  child_->pid = event.pid;
  if (child_->state != Child::State::kForking) return send(child_->asked, actions);  // not wanted any more
  child_->state = Child::State::kBooting;
  child_->deadline = now + plan.boot_timeout;
}

void Sidecar::on(const ForkFailed& event, base::Monotonic now, Actions& actions) {
  if (!child_ || child_->number != event.number || child_->pid != 0) return;
  lose(event.why, now, actions);
  child_.reset();
}

void Sidecar::on(const WorkerReady&, base::Monotonic now) {
  if (child_->state != Child::State::kBooting) return;
  child_->state = Child::State::kReady;
  child_->ready_at = now;
  child_->deadline = kNever;
  breaker_.record_ready(child_->number, now);
}

void Sidecar::on(const WorkerAskedRecycle&, base::Monotonic now, Actions& actions) {
  if (child_->live()) retire(now, actions);
}

void Sidecar::on(const ChildExited& event, base::Monotonic now, Actions& actions) {
  const Ending ending = judge(event.status);
  actions.emplace_back(ReportDeath{event.pid, event.status, ending});
  if (child_->live()) {
    lose(fmt::format("{} (pid {}): {}", name_of(role_), event.pid, os::describe_status(event.status)), now, actions);
  }
  child_.reset();
}

void Sidecar::on_silence(base::Nanoseconds silence, base::Monotonic now, Actions& actions) {
  if (child_->state != Child::State::kReady) return;
  say(LogLevel::kError,
      fmt::format("{} (pid {}) has had no heartbeat for {:.1f} s: it is ended", name_of(role_), child_->pid,
                  base::seconds(silence)),
      actions);
  lose(fmt::format("{} (pid {}) was stuck", name_of(role_), child_->pid), now, actions);
  child_->state = Child::State::kAborted;
  child_->ending = Ending::kTimeout;
  child_->deadline = now + kAbortLimit;
  send(SIGABRT, actions);
}

void Sidecar::reopen_logs(Actions& actions) const {
  if (child_ && child_->state <= Child::State::kRetiring) send(SIGUSR1, actions);
}

void Sidecar::expire(base::Monotonic now, Actions& actions) {
  if (!child_ || child_->deadline > now) return;
  switch (child_->state) {
    case Child::State::kBooting:
      lose(fmt::format("{} (pid {}) was not ready within boot_timeout", name_of(role_), child_->pid), now, actions);
      return kill(Ending::kBootTimeout, actions);
    case Child::State::kAborted: return kill(child_->ending, actions);
    default: return kill(Ending::kGraceOver, actions);
  }
}

void Sidecar::keep(Wish wish, unsigned generation, base::Monotonic now, Actions& actions) {
  wish_ = wish;
  if (wish == Wish::kGone && child_ && child_->live()) retire(now, actions);
  if (wish == Wish::kThere && !child_ && due(now)) start(generation, actions);
  // Not before: a try that is due comes first.
  if (!breaker_.over(now)) return;
  breaker_.clear();
  backoff_.clear();
}

void Sidecar::start(unsigned generation, Actions& actions) {
  child_.emplace();
  child_->number = ++last_number_;
  child_->generation = generation;
  if (breaker_.open()) breaker_.try_one(child_->number);
  actions.emplace_back(Spawn{child_->number, generation, role_});
}

base::Monotonic Sidecar::deadline(base::Monotonic now) const {
  const base::Monotonic next = child_ ? child_->deadline : kNever;
  if (breaker_.open()) return std::min(next, breaker_.deadline(now));
  const bool waits = !child_ && wish_ == Wish::kThere;
  return waits ? std::min(next, backoff_.not_before()) : next;
}

bool Sidecar::due(base::Monotonic now) const {
  return breaker_.open() ? breaker_.allows(now) : now >= backoff_.not_before();
}

Ending Sidecar::judge(int status) const {
  const Child::State state = child_->state;
  if (state == Child::State::kAborted || state == Child::State::kKilled) return child_->ending;
  const bool polite = os::left_by_itself(status);
  if (state == Child::State::kRetiring) return polite ? Ending::kAsked : Ending::kCrashed;
  if (!child_->ready()) return Ending::kBootFailed;
  return polite ? Ending::kRestarted : Ending::kCrashed;
}

void Sidecar::retire(base::Monotonic now, Actions& actions) {
  if (breaker_.trial() == child_->number) breaker_.abandon_trial();
  child_->state = Child::State::kRetiring;
  child_->asked = SIGTERM;
  child_->deadline = now + kSidecarLimit;
  send(SIGTERM, actions);
}

void Sidecar::kill(Ending ending, Actions& actions) {
  child_->state = Child::State::kKilled;
  child_->ending = ending;
  child_->asked = SIGKILL;
  child_->deadline = kNever;
  send(SIGKILL, actions);
}

// It ended, or is being ended, though nobody wanted it to. While the service stops nobody minds.
void Sidecar::lose(const std::string& how, base::Monotonic now, Actions& actions) {
  if (wish_ != Wish::kThere) return;
  const base::Nanoseconds served = child_->ready() ? now - child_->ready_at : base::Nanoseconds{0};
  breaker_.record_death(child_->number, now, served, 1, jitter_);
  backoff_.record_death(now, served, jitter_);
  const base::Monotonic next = breaker_.open() ? breaker_.not_before() : backoff_.not_before();
  if (next <= now) return;
  say(LogLevel::kError,
      fmt::format("{}; it has died {} times in a row, and the next try is in {:.1f} s. The workers serve on", how,
                  backoff_.deaths(), base::seconds(next - now)),
      actions);
}

void Sidecar::send(int signo, Actions& actions) const {
  if (child_->pid != 0) actions.emplace_back(SendSignal{child_->pid, signo});
}

}  // namespace orrery::master
