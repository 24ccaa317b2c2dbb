#include "master/supervisor.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/core.h>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/counted.hpp"
#include "os/contract.hpp"
#include "os/wait_status.hpp"

namespace orrery::master {

namespace {

bool is_boot_code(int code) { return code == os::kExitWorkerBoot || code == os::kExitAppLoad; }

}  // namespace

unsigned places_of(const Plan& plan) { return std::clamp(plan.workers, 1U, static_cast<unsigned>(os::kMaxWorkers)); }

Actions Supervisor::on(const Event& event, base::Monotonic now) {
  now_ = std::max(now, now_);
  const bool ended = course_.stage() == Stage::kEnded;
  if (ended || (course_.stage() == Stage::kIdle && !std::holds_alternative<Started>(event))) {
    note_impossible(ended ? "an event after the end" : "an event before the start");
  } else {
    if (!tell_sidecar(event)) std::visit([this](const auto& happened) { handle(happened); }, event);
    leave_to_successor();
    reconcile();
  }
  return std::exchange(actions_, {});
}

Supervisor::State Supervisor::state() const {
  switch (course_.stage()) {
    case Stage::kIdle: return State::kIdle;
    case Stage::kServing: break;
    case Stage::kLingering: return State::kLingering;
    case Stage::kStopping: return State::kStopping;
    case Stage::kQuitting: return State::kQuitting;
    case Stage::kKilling: return State::kKilling;
    case Stage::kEnded: return State::kEnded;
  }
  if (!ever_ready_) return State::kStarting;
  return rolling() || canary_.under_way() ? State::kRolling : State::kServing;
}

std::optional<base::Monotonic> Supervisor::next_deadline() const {
  if (course_.stage() == Stage::kEnded) return std::nullopt;
  base::Monotonic next = std::min({course_.deadline(), upgrade_.deadline(), canary_.deadline()});
  for (const Child& child : children_) {
    next = std::min(next, child.deadline);
    if (serving() && child.ready() && !child.spent) next = std::min(next, child.expires);
  }
  for (const Sidecar& sidecar : sidecars_) next = std::min(next, sidecar.deadline(now_));
  if (serving()) next = std::min(next, breaker_.deadline(now_));
  for (unsigned place = 0; serving() && !breaker_.open() && place < target_; ++place) {
    if (waits_for_backoff(place)) next = std::min(next, backoffs_[place].not_before());
  }
  return next == kNever ? std::nullopt : std::optional{next};
}

// --- events ---

void Supervisor::handle(const Started& event) {
  if (course_.stage() != Stage::kIdle) return note_impossible("a second start");
  course_.enter(Stage::kServing);
  plan_ = settled_plan_ = event.plan;
  terminal_ = event.terminal;
  container_ = event.container;
  heir_ = event.heir;
  tried_ = event.tried;
  target_ = settled_target_ = tried_ ? 1 : places_of(event.plan);
  for (const os::Role role : event.sidecars) sidecars_.emplace_back(role, seed_ + static_cast<std::uint64_t>(role));
}

void Supervisor::handle(const Forked& event) {
  Child* child = children_.with_number(event.number);
  if (child == nullptr || child->pid != 0) return note_impossible("a fork nobody asked for");
  child->pid = event.pid;
  ++forked_;
  if (child->state == Child::State::kForking) {
    child->state = Child::State::kBooting;
    child->deadline = now_ + plan_.boot_timeout;
  } else {
    send(*child, child->asked);  // it was told to leave before it had a pid
  }
}

void Supervisor::handle(const ForkFailed& event) {
  Child* child = children_.with_number(event.number);
  if (child == nullptr || child->pid != 0) return note_impossible("a failed fork nobody asked for");
  const Child lost = *child;
  children_.remove(lost.number);
  if (serving() && lost.live()) worker_lost(lost, -1, event.why);
}

void Supervisor::handle(const WorkerReady& event) {
  Child* child = children_.with_pid(event.pid);
  if (child == nullptr || child->state != Child::State::kBooting)
    return note_impossible("ready from a worker not booting");
  child->state = Child::State::kReady;
  child->ready_at = now_;
  breaker_.record_ready(child->number, now_);
  child->deadline = kNever;
  // The spread keeps workers that were born together from growing too old together.
  const double spread = 1 + (jitter_.next() - 0.75) / 5;
  if (plan_.max_lifetime.count() > 0)
    child->expires = now_ + std::chrono::duration_cast<base::Nanoseconds>(plan_.max_lifetime * spread);
  ever_ready_ = true;
  if (canary_.is(child->number)) canary_.ready(now_);
}

void Supervisor::handle(const WorkerAskedRecycle& event) { mark_spent(event.pid, LogLevel::kInfo, event.why); }

void Supervisor::handle(const WorkerExhausted& event) {
  mark_spent(event.pid, LogLevel::kWarning, "has every handler thread past its deadline");
}

void Supervisor::handle(const ChildExited& event) {
  Child* child = children_.with_pid(event.pid);
  if (child == nullptr) return note_impossible("the exit of a stranger");
  const Ending ending = judge(*child, event.status);
  const Child gone = *child;
  children_.remove(gone.number);
  ++ended_[static_cast<std::size_t>(ending)];
  actions_.emplace_back(ReportDeath{event.pid, event.status, ending});
  if (!serving() || !gone.live()) return;
  if (ending == Ending::kRestarted) {
    say(LogLevel::kInfo, fmt::format("{} left by itself or by a signal of somebody else ({}): it is restarted",
                                     name_of(gone), os::describe_status(event.status)));
  }
  worker_lost(gone, os::exit_code_of(event.status),
              fmt::format("{}: {}", name_of(gone), os::describe_status(event.status)));
}

void Supervisor::handle(const ConfigReady& event) {
  if (!serving() || event.generation != loading_) {
    actions_.emplace_back(DropGeneration{event.generation});
    return note_impossible("a configuration nobody waits for");
  }
  loading_ = 0;
  if (canary_.under_way()) {
    say(LogLevel::kInfo,
        fmt::format("The canary of generation {} leaves: generation {} takes its place", canary_.generation(),
                    event.generation),
        os::EventKind::kCanary);
    dismiss_canary();
  }
  newest_generation_ = event.generation;
  if (loads_canary_) return begin_trial(event.generation, event.plan, loads_canary_->completed_by(event.plan.canary));
  if (rolling()) {
    say(LogLevel::kInfo, fmt::format("Generation {} is superseded by generation {}", generation_, event.generation));
    leaving_.push_back(generation_);
  } else {
    settled_target_ = target_;
    settled_ordered_ = target_ordered_;
  }
  adopt(event.generation, event.plan);
}

void Supervisor::adopt(unsigned generation, const Plan& plan) {
  const bool scaled = plan.autoscale == Autoscale::kOn && !target_ordered_ && target_ > 0;
  const unsigned wanted = scaled ? std::clamp(target_, plan.workers_min, plan.workers_max) : places_of(plan);
  if (target_ != plan_.workers && target_ != wanted) {
    say(LogLevel::kInfo,
        fmt::format("The number of workers returns to the configured {} (it was {})", wanted, target_));
  }
  generation_ = generation;
  plan_ = plan;
  target_ = wanted;
  target_ordered_ = false;
  if (breaker_.open()) say(LogLevel::kInfo, "The new configuration is tried at once, whatever the crash loop");
  trust_all_places();
}

void Supervisor::handle(const ConfigFailed& event) {
  if (!serving() || event.generation != loading_) return note_impossible("a refused configuration nobody waits for");
  loading_ = 0;
  next_generation_ = newest_generation_ + 1;  // no generation has this number
  refused_ = fmt::format("reload refused: {}", event.why);
  end_reload(os::ServiceFacts::Outcome::kRefused, event.why);
  say(LogLevel::kError, fmt::format("Reload refused, nothing changed: {}", event.why), os::EventKind::kReloadRefused);
}

void Supervisor::handle(const HeartbeatsRead& event) {
  // When the master itself stood still (the whole service was stopped with Ctrl-Z, or the machine swapped)
  // the workers stood still too: they get a full `timeout` from now.
  const bool stalled = heartbeats_read_at_ != base::Monotonic{} && now_ - heartbeats_read_at_ > plan_.timeout / 2;
  if (stalled) resumed_at_ = now_;
  heartbeats_read_at_ = now_;
  if (!serving()) return;  // a stop has its own limit
  for (const Pulse& pulse : event.pulses) {
    if (Sidecar* sidecar = sidecar_with(pulse.pid); sidecar && pulse.beat != base::Monotonic{} && stuck(pulse))
      sidecar->on_silence(now_ - pulse.beat, now_, actions_);
    Child* child = children_.with_pid(pulse.pid);
    const bool watched = child != nullptr && (child->ready() || child->state == Child::State::kRetiring);
    if (!watched || pulse.beat == base::Monotonic{}) continue;
    if (pulse.past_deadline) {
      abort_stuck(*child, Ending::kDeadline, "its request is past request_deadline");
    } else if (stuck(pulse)) {
      abort_stuck(*child, Ending::kTimeout, fmt::format("no heartbeat for {:.1f} s", base::seconds(now_ - pulse.beat)));
    }
  }
}

void Supervisor::handle(const PredecessorLeft& event) {
  if (!heir_) return note_impossible("the end of a master that was here before");
  const bool canary_serves = tried_ && children_.ready() > 0;
  if (!event.committed && !proven_ && !canary_serves) {
    if (!serving()) return;
    say(LogLevel::kCritical, "The master that started this one is gone before this one was ready: it leaves too");
    return begin_stop(Stage::kStopping, os::kExitFailure);
  }
  if (tried_) {
    say(LogLevel::kWarning,
        "The master that started this one is gone: this one goes on without a verdict on its canary",
        os::EventKind::kCanary);
    fill_all_places();
  }
  heir_ = false;
  actions_.emplace_back(TakeOver{});
}

void Supervisor::handle(const DeadlineReached&) {
  std::vector<Child> not_booted;
  for (Child& child : children_) {
    if (child.deadline > now_) continue;
    if (child.state == Child::State::kBooting) {
      not_booted.push_back(child);
      kill(child, Ending::kBootTimeout);
    } else {
      kill(child, child.state == Child::State::kAborted ? child.ending : Ending::kGraceOver);
    }
  }
  for (const Child& lost : not_booted) {
    if (serving()) worker_lost(lost, os::kExitWorkerBoot, name_of(lost) + " was not ready within boot_timeout");
  }
  follow(canary_.expire(now_));
  if (serving()) expire_workers();
  for (Sidecar& sidecar : sidecars_) sidecar.expire(now_, actions_);
  upgrade_.expire(now_, actions_);
  if (course_.deadline() <= now_) go_on_to(course_.run_out());
}

// --- steps ---

void Supervisor::spawn(unsigned place) {
  const Child& child = children_.add(place, generation_);
  if (breaker_.open()) breaker_.try_one(child.number);
  const std::string_view probe = tried_ ? plan_.canary.probe.view() : std::string_view{};
  actions_.emplace_back(Spawn{child.number, generation_, os::Role::kWorker, std::string{probe}});
}

void Supervisor::retire(Child& child) {
  child.state = Child::State::kRetiring;
  child.asked = SIGTERM;
  child.deadline = now_ + plan_.graceful_timeout;
  send(child, SIGTERM);
}

void Supervisor::abort_stuck(Child& child, Ending ending, const std::string& why) {
  say(LogLevel::kCritical, fmt::format("WORKER TIMEOUT (pid:{}): {}", child.pid, why));
  const Child lost = child;
  child.state = Child::State::kAborted;
  child.ending = ending;
  child.deadline = now_ + kAbortLimit;
  send(child, SIGABRT);
  if (canary_.is(lost.number)) return roll_back_canary(fmt::format("{} was stuck", name_of(lost)));
  if (tried_) return give_up_upgrade(fmt::format("{} was stuck", name_of(lost)), os::kExitWorkerBoot);
  if (lost.live()) count_death(lost, fmt::format("{} was stuck", name_of(lost)));
}

void Supervisor::kill(Child& child, Ending ending) {
  child.state = Child::State::kKilled;
  child.ending = ending;
  child.asked = SIGKILL;
  child.deadline = kNever;
  send(child, SIGKILL);
}

void Supervisor::send(const Child& child, int signo) {
  if (child.pid != 0) actions_.emplace_back(SendSignal{child.pid, signo});
}

void Supervisor::expire_workers() {
  for (const Child& child : children_) {
    if (child.ready() && !child.spent && child.expires <= now_)
      mark_spent(child.pid, LogLevel::kInfo, "has reached max_worker_lifetime");
  }
}

void Supervisor::mark_spent(pid_t pid, LogLevel level, std::string_view why) {
  Child* child = children_.with_pid(pid);
  if (child == nullptr || !child->ready() || child->spent)
    return note_impossible("a wish of a worker that leaves anyway");
  child->spent = true;
  say(level, fmt::format("{} {}: it leaves when its replacement is ready", name_of(*child), why));
}

// A worker ended, or will be killed, though nobody wanted it to; it does not count as live.
void Supervisor::worker_lost(const Child& lost, int code, const std::string& how) {
  const std::string canary_fault =
      code == os::kExitProbe ? "its answer to the probe was bad, as the error log tells" : how;
  if (canary_.is(lost.number)) return roll_back_canary(canary_fault);
  // A reload gives a generation up at its first failure; so does an upgrade. Those that are ready finish what they
  // took.
  if (heir_ && !proven_)
    return give_up_upgrade(tried_ ? canary_fault : how, is_boot_code(code) ? code : int{os::kExitWorkerBoot});
  if (!ever_ready_ && is_boot_code(code)) {
    say(LogLevel::kCritical, fmt::format("{}: the service cannot start and stops", how));
    return begin_stop(Stage::kQuitting, code);
  }
  if (rolling() && !lost.ready() && lost.generation == generation_) return fail_generation(how);
  count_death(lost, how);
}

void Supervisor::count_death(const Child& lost, const std::string& how) {
  if (!ever_ready_ && ++start_deaths_ >= kStartTries) {
    say(LogLevel::kCritical,
        fmt::format("{}: {} workers died before one was ready; the service stops", how, start_deaths_));
    return begin_stop(Stage::kQuitting, os::kExitWorkerBoot);
  }
  const base::Nanoseconds served = lost.ready() ? now_ - lost.ready_at : base::Nanoseconds{0};
  const bool on_trial = breaker_.open() && lost.number == breaker_.trial();
  const bool opens = ever_ready_ && breaker_.record_death(lost.number, now_, served, target_, jitter_);
  Backoff& backoff = backoffs_[lost.place];
  backoff.record_death(now_, served, jitter_);
  const double wait = base::seconds((breaker_.open() ? breaker_.not_before() : backoff.not_before()) - now_);
  if (opens) {
    say(LogLevel::kCritical,
        fmt::format("{}; workers die as soon as they are replaced: this is a crash loop. From now on one "
                    "replacement at a time is tried, the first in {:.1f} s, until one has served {:.0f} s",
                    how, wait, base::seconds(kStableLife)),
        os::EventKind::kCrashLoop);
  } else if (on_trial) {
    say(LogLevel::kError, fmt::format("{}; the crash loop goes on: the next try is in {:.1f} s", how, wait));
  } else if (!breaker_.open() && backoff.deaths() >= 2) {
    say(LogLevel::kError,
        fmt::format("{}; {} deaths in a row in this place: the next try is in {:.1f} s", how, backoff.deaths(), wait));
  }
}

void Supervisor::fail_generation(const std::string& why) {
  say(LogLevel::kError,
      fmt::format("Generation {} is given up, generation {} stays: {}", generation_, settled_generation_, why),
      os::EventKind::kReloadGivenUp);
  refused_ = fmt::format("reload given up: {}", why);
  end_reload(os::ServiceFacts::Outcome::kGivenUp, why);
  leaving_.push_back(generation_);
  generation_ = settled_generation_;
  plan_ = settled_plan_;
  target_ = settled_target_;
  target_ordered_ = settled_ordered_;
}

void Supervisor::say(LogLevel level, std::string text, os::EventKind kind) {
  actions_.emplace_back(Say{level, std::move(text), kind});
}

void Supervisor::note_impossible(std::string_view what) { say(LogLevel::kDebug, fmt::format("Ignored: {}", what)); }

// --- questions ---

// While it starts or stops the service manager has other limits; without any wanted worker nothing can be wrong with
// one.
bool Supervisor::healthy() const { return !serving() || !ever_ready_ || target_ == 0 || children_.ready() > 0; }

std::string Supervisor::status() const {
  return fmt::format("{} of {} ready, generation {}{}{}{}", children_.ready(), base::counted(target_, "worker"),
                     generation_, breaker_.open() ? "; crash loop: one replacement at a time is tried" : "",
                     refused_.empty() ? "" : "; ", refused_);
}

Ending Supervisor::judge(const Child& child, int status) const {
  if (child.state == Child::State::kAborted || child.state == Child::State::kKilled) return child.ending;
  if (is_boot_code(os::exit_code_of(status))) return Ending::kBootFailed;
  if (!child.live() || !serving()) return os::left_by_itself(status) ? Ending::kAsked : Ending::kCrashed;
  if (!child.ready()) return Ending::kBootFailed;
  return os::left_by_itself(status) ? Ending::kRestarted : Ending::kCrashed;
}

std::string Supervisor::name_of(const Child& child) {
  return fmt::format("Worker {} (pid {})", child.number, child.pid);
}

bool Supervisor::stuck(const Pulse& pulse) const {
  return plan_.timeout.count() > 0 && now_ - std::max(pulse.beat, resumed_at_) > plan_.timeout;
}

}  // namespace orrery::master
