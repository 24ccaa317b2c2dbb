#include "master/service.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fmt/core.h>
#include <utility>
#include <variant>

#include "base/log.hpp"
#include "os/build_id.hpp"
#include "os/cgroup.hpp"
#include "os/oom.hpp"
#include "os/wait_status.hpp"
#include "os/waiting.hpp"

namespace orrery::master {

namespace {

using std::chrono::milliseconds;

constexpr base::Nanoseconds kLongestPulse = std::chrono::seconds{1};
constexpr base::Nanoseconds kShortestPulse = milliseconds{50};
/// The kernel walks all of a worker's memory for the answer: not too often.
constexpr base::Nanoseconds kMemoryPeriod = std::chrono::seconds{2};
constexpr base::Nanoseconds kReminderPeriod = std::chrono::hours{24};

/// How often the scoreboard is read: often enough to see a limit passed within a quarter of it.
base::Nanoseconds pulse_interval(const Config& config) {
  base::Nanoseconds shortest = kLongestPulse * 4;
  if (config.timeout.count() > 0) shortest = std::min<base::Nanoseconds>(shortest, config.timeout);
  const bool watched = config.worker_class != WorkerClass::kAsync && config.request_deadline.count() > 0;
  if (watched) shortest = std::min<base::Nanoseconds>(shortest, config.request_deadline);
  return std::max(shortest / 4, kShortestPulse);
}

bool blocked_past_deadline(const os::Slot& slot, base::Monotonic now) {
  return std::any_of(slot.flights.begin(), slot.flights.end(), [now](const os::RequestCell& cell) {
    const auto record = cell.read();
    return record && record->started_ns != 0 && record->finished_ns == 0 && record->deadline_ns != 0 &&
           record->deadline_ns < now.time_since_epoch().count();
  });
}

std::int64_t unix_now() { return base::wall_now().time_since_epoch().count(); }

std::uint64_t make_seed() { return static_cast<std::uint64_t>(base::wall_now().time_since_epoch().count()); }

}  // namespace

Service::Service(MasterParts parts, Prepared prepared)
    : parts_(std::move(parts)),
      prepared_(std::move(prepared)),
      program_(os::save_invocation()),
      supervisor_(make_seed()),
      log_path_(prepared_.first.config.errorlog) {
  generations_.emplace(1, std::move(prepared_.first));
  begin_quarantine(1);
  oom_kills_ = os::oom_kills(parts_.system_root).value_or(0);
  os::load_unwinder();
  facts_.master = ::getpid();
  facts_.started_ns = unix_now();
  facts_.program = decltype(facts_.program){parts_.service};
  facts_.build_id = decltype(facts_.build_id){os::build_id("/proc/self/exe")};
  generations_.at(1).description = parts_.description;
  generations_.at(1).worker_main = parts_.worker_main;
  prepared_.scoreboard.publish_config(1, parts_.description);
  note(os::EventKind::kStarted, fmt::format("{} starts (master, pid {})", parts_.service, facts_.master));
}

int Service::run() {
  std::vector<os::Role> sidecars;
  for (const auto& [role, sockets] : prepared_.sidecars) {
    const auto parts = std::ranges::find(parts_.sidecars, role, &SidecarParts::role);
    if (!sockets.set.empty() || parts->has_other_work) sidecars.push_back(role);
  }
  Plan plan = plan_of(generations_.at(1).config);
  if (const auto& probe = prepared_.predecessor.probe()) plan.canary.probe = decltype(plan.canary.probe){*probe};
  dispatch(Started{plan, os::has_terminal(), prepared_.predecessor.there(), ::getpid() == 1, std::move(sidecars),
                   prepared_.predecessor.tries()});
  while (!exit_code_) {
    prepared_.scoreboard.beat(base::monotonic_now());
    wait();
    take_signals();
    listen_to_masters();  // the old master says whether it stops too before it sends TERM
    read_pipes();
    take_orders();
    take_changes();
    take_certificates();
    reap();
    read_scoreboard();
    read_memory();
    remind_of_certificates();
    reach_deadline();
    tell_manager();
  }
  hooks_.stop();
  enter_counts();
  say_totals();
  if (was_ready_) {
    const unsigned last = supervisor_.generation();
    const auto run = run_hook_and_wait(generations_.at(last).config, {"on_exit", last});
    if (!run) base::log_warning("{}", run.error().message);
  }
  base::log_info("Shutting down: master");
  generations_.clear();
  prepared_.sidecars.clear();
  // After an upgrade the name is the successor's, who may be taking it at this very moment.
  const bool left = supervisor_.upgrade().state() == Upgrade::State::kCommitted;
  if (!left) prepared_.store.hold({}, prepared_.notify);
  if (prepared_.pidfile && !left) prepared_.pidfile->remove();
  return *exit_code_;
}

void Service::wait() {
  std::vector<int> spoken{prepared_.signals.fd(), successor_.fd(), prepared_.predecessor.fd()};
  for (const auto& [pid, worker] : processes_) spoken.push_back(worker.pipe.get());
  const base::Monotonic now = base::monotonic_now();
  spoken.push_back(orders_.awaited(now));
  // A watchdog beat that is due and withheld must not make this spin: the next pulse looks again.
  const bool beats = prepared_.notify.watchdog_interval().count() > 0 && next_watchdog_ > now;
  const base::Monotonic pulse = beats ? std::min(next_pulse_, next_watchdog_) : next_pulse_;
  if (prepared_.changes) spoken.push_back(prepared_.changes->fd());
  const auto changes = prepared_.changes ? prepared_.changes->deadline() : std::nullopt;
  if (prepared_.certificates) spoken.push_back(prepared_.certificates->fd());
  const auto certificates = prepared_.certificates ? prepared_.certificates->deadline() : std::nullopt;
  const base::Monotonic until =
      std::min({pulse, supervisor_.next_deadline().value_or(kNever), hooks_.next_deadline().value_or(kNever),
                changes.value_or(kNever), certificates.value_or(kNever)});
  os::wait_for_any(spoken, until);
}

void Service::take_signals() {
  for (const os::TakenSignal& signal : prepared_.signals.take()) {
    if (signal.signo == SIGCHLD) continue;  // reap() asks the kernel itself
    base::log_info("Handling signal: {} ({})", os::signal_word(signal.signo), os::describe_sender(signal));
    note(os::EventKind::kSignal, os::signal_name(signal.signo) + " came", os::name_sender(signal));
    inbox_.emplace_back(SignalArrived{signal.signo, signal.sender});
  }
}

void Service::read_pipes() {
  std::vector<pid_t> pids;
  for (const auto& [pid, worker] : processes_) pids.push_back(pid);
  for (const pid_t pid : pids) {
    if (const auto found = processes_.find(pid); found != processes_.end()) read_pipe(pid, found->second);
  }
}

void Service::read_pipe(pid_t pid, Process& worker) {
  std::array<char, 16> bytes{};
  while (worker.pipe) {
    const ssize_t got = ::read(worker.pipe.get(), bytes.data(), bytes.size());
    if (got == 0) worker.pipe.reset();  // it closed its end: poll must not report that for ever
    if (got <= 0) break;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      switch (static_cast<os::WorkerMessage>(bytes[i])) {
        case os::WorkerMessage::kReady:
          note_ready(worker, pid);
          inbox_.emplace_back(WorkerReady{pid});
          break;
        case os::WorkerMessage::kRecycle: inbox_.emplace_back(WorkerAskedRecycle{pid}); break;
        case os::WorkerMessage::kTerminated:
          inbox_.emplace_back(WorkerAskedRecycle{pid, "was sent TERM by somebody else"});
          break;
        case os::WorkerMessage::kExhausted: inbox_.emplace_back(WorkerExhausted{pid}); break;
      }
    }
  }
  dispatch_inbox();
}

void Service::listen_to_masters() {
  std::vector<Event> heard = successor_.listen();
  if (const std::string program = successor_.introduction(); !program.empty())
    base::log_info("Upgrade: the new master {} is {}", successor_.pid(), program);
  for (Event& event : heard) inbox_.push_back(std::move(event));
  while (auto event = prepared_.predecessor.listen()) inbox_.push_back(std::move(*event));
  dispatch_inbox();
}

// One by one: first see that one is dead, then take the signals, then reap it. A Ctrl-C that ended the worker
// was sent to us at the same instant, so it is pending by now and the supervisor hears of it first. And since
// nothing is dispatched between reaping and ChildExited, no signal can go to a pid that is free again.
void Service::reap() {
  while (const auto pid = os::peek_dead_child()) {
    take_signals();
    dispatch_inbox();
    const auto found = processes_.find(*pid);
    if (found != processes_.end()) read_pipe(*pid, found->second);
    if (*pid == successor_.pid()) listen_to_masters();
    const auto dead = os::reap_child(*pid);
    if (dead && *pid == successor_.pid()) {
      successor_ = {};
      if (prepared_.pidfile) os::Pidfile::remove_of_dead(prepared_.pidfile->path() + kPidfileSuffix, *pid);
      dispatch(SuccessorExited{os::describe_status(dead->status)});
      continue;
    }
    if (dead && hooks_.ended(*dead, base::monotonic_now())) continue;
    if (!dead || found == processes_.end()) continue;  // as PID 1 we inherit strangers: reaped, nothing said
    found->second.dead = *dead;
    const std::uint64_t before = std::exchange(oom_kills_, os::oom_kills(parts_.system_root).value_or(0));
    found->second.oom_killed = oom_kills_ > before;
    tell_of_exit(found->second, *dead);
    dispatch(ChildExited{*pid, dead->status});
  }
}

void Service::read_scoreboard() {
  const base::Monotonic now = base::monotonic_now();
  if (now < next_pulse_) return;
  HeartbeatsRead read;
  base::Nanoseconds interval = kLongestPulse;
  for (auto& [pid, worker] : processes_) {
    read.pulses.push_back(pulse_of(pid, worker, now));
    const Config& config = config_of(worker);
    worker.watch.look(pid, prepared_.scoreboard.slot(worker.slot), config, now);
    interval = std::min(interval, pulse_interval(config));
  }
  next_pulse_ = now + interval;
  release_held(now);
  if (successor_.pid() != 0 || prepared_.predecessor.there()) enter_counts();
  dispatch(std::move(read));
  read_canary();
  let_go_of_addresses();
}

// For the other master beside this one, and at the end for the one that has the service then.
void Service::enter_counts() {
  if (parts_.enter_counts) parts_.enter_counts(prepared_.scoreboard);
}

void Service::read_memory() {
  const base::Monotonic now = base::monotonic_now();
  if (now < next_memory_) return;
  next_memory_ = now + kMemoryPeriod;
  const Config& config = generations_.at(supervisor_.generation()).config;
  const auto room = os::memory_room();
  const bool scarce = room && scarcity_.look(room->left, room->limit);
  if (config.max_worker_memory == 0 && config.max_worker_memory_hard == 0 && !scarce) return;
  MemoryRead read;
  if (room) read.left = room->left;
  for (const auto& [pid, worker] : processes_) {
    if (worker.role != os::Role::kWorker) continue;
    const os::Slot& slot = prepared_.scoreboard.slot(worker.slot);
    const std::uint64_t requests = slot.counters.requests.load(std::memory_order_relaxed);
    if (const auto bytes = os::private_memory(pid)) read.uses.push_back({pid, *bytes, requests});
  }
  dispatch(std::move(read));
}

// The start, and each reload, say it themselves.
void Service::remind_of_certificates() {
  const base::Monotonic now = base::monotonic_now();
  if (now < next_reminder_) return;
  const bool first = std::exchange(next_reminder_, now + kReminderPeriod) == base::Monotonic{};
  const auto serving = generations_.find(supervisor_.generation());
  if (first || serving == generations_.end() || !serving->second.tls) return;
  for (const std::string& reminder : serving->second.tls->reminders(std::time(nullptr)))
    base::log_warning("{}", reminder);
}

void Service::tell_manager() {
  if (prepared_.predecessor.there()) return;
  const base::Monotonic now = base::monotonic_now();
  const auto interval = prepared_.notify.watchdog_interval();
  if (interval.count() > 0 && now >= next_watchdog_ && supervisor_.healthy()) {
    prepared_.notify.watchdog();
    next_watchdog_ = now + interval;
  }
  if (supervisor_.state() != Supervisor::State::kServing || !told_ready_) return;
  if (std::string status = supervisor_.status(); status != status_) {
    status_ = std::move(status);
    prepared_.notify.status(status_);
  }
}

const Config& Service::config_of(const Process& process) const {
  if (process.role == os::Role::kWorker) return generations_.at(process.generation).config;
  return std::ranges::find(parts_.sidecars, process.role, &SidecarParts::role)->config;
}

Pulse Service::pulse_of(pid_t pid, const Process& worker, base::Monotonic now) const {
  const os::Slot& slot = prepared_.scoreboard.slot(worker.slot);
  const base::Nanoseconds beat{slot.heartbeat_ns.load(std::memory_order_relaxed)};
  const bool sync = config_of(worker).worker_class == WorkerClass::kSync;
  return {pid, base::Monotonic{beat}, sync && blocked_past_deadline(slot, now)};
}

void Service::reach_deadline() {
  const auto deadline = supervisor_.next_deadline();
  const base::Monotonic now = base::monotonic_now();
  hooks_.expire(now);
  if (deadline && *deadline <= now) dispatch(DeadlineReached{});
}

void Service::dispatch(Event event) {
  inbox_.push_back(std::move(event));
  dispatch_inbox();
}

void Service::dispatch_inbox() {
  while (!inbox_.empty()) {
    const Event event = std::move(inbox_.front());
    inbox_.pop_front();
    const Actions actions = supervisor_.on(event, base::monotonic_now());
    tell_workers();
    publish_facts();
    tell_of_workers();
    for (const Action& action : actions) {
      std::visit([this](const auto& wanted) { apply(wanted); }, action);
    }
  }
}

// A worker must know with TERM already which leave-taking is meant: to siblings, be they another master's, or for good.
void Service::tell_workers() {
  const bool other_master = prepared_.predecessor.adopts() || (successor_.adopts() && supervisor_.upgrade().shares());
  prepared_.scoreboard.announce_other_master(other_master);
  prepared_.scoreboard.set_closing(supervisor_.closing());
  if (!other_master && supervisor_.state() == Supervisor::State::kStopping) prepared_.scoreboard.announce_stop();
}

void Service::publish_facts() {
  os::ServiceFacts facts = facts_;
  supervisor_.describe(facts);
  const auto logging = generations_.find(logging_);  // gone when it was given up
  const LogLevel configured = logging != generations_.end() ? logging->second.config.loglevel : facts_.log_level;
  facts.log_level = prepared_.scoreboard.log_level().value_or(configured);
  using Outcome = os::ServiceFacts::Outcome;
  const os::ServiceFacts::Reload& before = facts_.reload;
  const bool moved = facts.reload.outcome != before.outcome || facts.reload.generation != before.generation;
  facts.reload.at_ns = moved ? unix_now() : before.at_ns;
  if (moved && facts.reload.outcome == Outcome::kDone) facts.last_good_reload_ns = facts.reload.at_ns;
  if (const auto serving = generations_.find(facts.generation); serving != generations_.end()) {
    const ListenerSet& set = serving->second.listeners;
    facts.listener_count = static_cast<unsigned>(set.size());
    const Config& config = serving->second.config;
    facts.certificates_end = serving->second.tls ? std::int64_t{serving->second.tls->ends()} : 0;
    for (std::size_t i = 0; i < facts.listeners.size(); ++i) {
      const std::string url = i < set.size() ? set[i]->url(os::reception_at(*set[i], config).tls) : "";
      facts.listeners[i] = os::ServiceFacts::Url{url};
    }
  }
  if (facts == facts_) return;
  facts_ = facts;
  prepared_.scoreboard.publish(facts_);
}

}  // namespace orrery::master
