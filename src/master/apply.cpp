// What the service does for each action of the supervisor. Part of class Service.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fmt/core.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counted.hpp"
#include "base/joined.hpp"
#include "base/log.hpp"
#include "base/log_file.hpp"
#include "base/reject.hpp"
#include "master/death_report.hpp"
#include "master/descriptors.hpp"
#include "master/process_title.hpp"
#include "master/service.hpp"
#include "os/build_id.hpp"
#include "os/ledger.hpp"
#include "os/socket.hpp"
#include "os/title.hpp"

namespace orrery::master {

namespace {

/// What is loaded before the fork is the program's by then.
Result<std::optional<os::SealedFile>> copy_app(const Config& config) {
  if (config.app.empty() || config.preload_app) return std::nullopt;
  auto copy = os::SealedFile::copy(config.app);
  if (!copy) return fail(copy);
  return std::optional{std::move(*copy)};
}

std::shared_ptr<tls::TicketKeys> tickets_of(const Generation& generation) {
  return generation.tls ? generation.tls->ticket_keys() : nullptr;
}

}  // namespace

Result<Generation> make_generation(const Config& config, Listeners& listeners, std::shared_ptr<tls::TicketKeys> tickets,
                                   std::vector<std::string>& notes) {
  std::shared_ptr<const tls::Context> context;
  if (tls::is_wanted(config)) {
    auto made = tls::Context::make(config, std::move(tickets), notes);
    if (!made) return fail(made);
    context = std::move(*made);
  }
  auto identity = os::resolve_identity(config.user, config.group, config.initgroups);
  if (!identity) return fail(identity);
  auto logs = Logs::open(config, *identity, notes);
  if (!logs) return fail(logs);
  auto app = copy_app(config);
  if (!app) return fail(app);
  auto set = listeners.open(config, *identity, notes);
  if (!set) return fail(set);
  return Generation{config, std::move(*identity), std::move(*logs), std::move(*set), std::move(context),
                    {},     std::move(*app)};
}

void Service::apply(const SendSignal& action) {
  const auto found = processes_.find(action.pid);
  if (found == processes_.end()) return;
  if (action.signo == SIGABRT) found->second.stopped = os::process_state(action.pid) == 'T';
  os::send_signal(action.pid, action.signo);
}

void Service::apply(const LoadConfig& action) {
  take_signals();  // reading files and binding takes its time; signals of one kind merge while they are
                   // pending
  if (program_.changed()) {
    base::log_warning(
        "{} has changed since this service started: HUP reads the configuration only; USR2 starts the new "
        "binary",
        program_.path());
  }
  const auto loaded = load(action.generation);
  if (!loaded) return inbox_.push_back(ConfigFailed{action.generation, loaded.error().message});
  inbox_.push_back(ConfigReady{action.generation, plan_of(generations_.at(action.generation).config)});
}

Result<void> Service::load(unsigned number) {
  const Generation& wanted = generations_.at(supervisor_.generation());
  const Config& current = wanted.config;
  Reload reload = parts_.reload ? parts_.reload(current, wanted.worker_main) : Reload{{}, {}, current};
  if (!reload.complaints.empty()) return fail(base::joined(reload.complaints, "; "));
  const std::size_t limit = os::descriptor_limit();
  if (const std::string why = too_few_descriptors(reload.config, worker_count(parts_, reload.config), limit);
      !why.empty())
    return fail(why);
  std::vector<std::string> notes;
  auto generation = make_generation(reload.config, prepared_.listeners, tickets_of(wanted), notes);
  if (!generation) return fail(generation);
  generation->description = reload.description;
  generation->worker_main = wanted.worker_main;
  if (reload.worker_main) generation->worker_main = std::move(reload.worker_main);
  use_logs(number, *generation);
  make_pidfile_again();
  follow_changes(reload.config, notes);
  follow_certificates(reload.config, notes);
  for (const std::string& note : notes) base::log_warning("{}", note);
  for (const std::string& change : reload.changes) base::log_info("Reload: {}", change);
  const ListenerSet& before = wanted.listeners;
  for (const auto& listener : generation->listeners) {
    const bool open = std::find(before.begin(), before.end(), listener) != before.end();
    const std::string url = listener->url(os::reception_at(*listener, generation->config).tls);
    if (!open) base::log_info("Listening at: {} ({})", url, ::getpid());
  }
  generations_.insert_or_assign(number, std::move(*generation));
  return {};
}

void Service::use_logs(unsigned number, const Generation& generation) {
  generation.logs.use();
  logging_ = number;
  log_path_ = generation.config.errorlog;
  prepared_.scoreboard.set_log_level(std::nullopt);
}

// While two masters serve, names of pid files are moving.
void Service::make_pidfile_again() {
  if (!prepared_.pidfile || successor_.pid() > 0 || prepared_.predecessor.there()) return;
  const auto made = prepared_.pidfile->make_again();
  if (!made) return base::log_error("{}", made.error().message);
  if (*made) base::log_warning("The pid file had vanished and was made again");
}

void Service::apply(const DropGeneration& action) { generations_.erase(action.generation); }

void Service::apply(const CloseListeners& action) {
  if (action.shared) return prepared_.listeners.close_copies();
  prepared_.store.hold({}, prepared_.notify);
  prepared_.listeners.close_all();
}

void Service::apply(const StartSuccessor& action) {
  say_binaries();
  run_hook("pre_exec");
  Inheritance passed;
  passed.listeners = prepared_.listeners.to_pass();
  for (const auto& [role, sockets] : prepared_.sidecars) {
    for (auto& one : sockets.listeners.to_pass(role)) passed.listeners.push_back(std::move(one));
  }
  const os::HandoverPair& pair = prepared_.handover;
  passed.handover = Inheritance::Handover{os::kHandoverVersion, pair.give.get(), pair.take.get()};
  if (const os::Ledger* const ledger = prepared_.scoreboard.ledger()) passed.ledger = ledger->fd();
  passed.lead = prepared_.lead.fd();
  passed.canary = action.canary.has_value();
  if (action.canary && (action.canary->said & os::CanaryTerms::kProbe) != 0)
    passed.probe = std::string{action.canary->probe.view()};
  const auto tickets = generations_.empty() ? nullptr : tickets_of(generations_.rbegin()->second);
  auto started =
      Successor::start(program_, std::move(passed), tickets ? tickets->state(base::monotonic_now()) : std::string{});
  if (!started) return inbox_.push_back(SuccessorNotStarted{started.error().message});
  successor_ = std::move(*started);
  inbox_.push_back(SuccessorStarted{successor_.pid()});
}

// An upgrade that changes nothing looks like a good one in every other respect.
void Service::say_binaries() const {
  const std::string before = os::build_id("/proc/self/exe");
  const std::string after = os::build_id(program_.path());
  base::log_info("Upgrade: from {} ({}, {}) to {} ({})", os::Program::running(), parts_.service,
                 os::spoken_build_id(before), program_.on_disk(), os::spoken_build_id(after));
  if (!before.empty() && before == after)
    base::log_info("Upgrade: the new binary has the same build id as the running one: nothing changes");
}

void Service::apply(const SignalSuccessor& action) {
  if (!supervisor_.serving()) successor_.tell_stopping();
  successor_.signal(action.signo);
}

void Service::apply(const CommitUpgrade&) {
  if (!successor_.adopts()) {
    base::log_warning("The new master's binary hands connections over in another way: idle ones are closed");
  }
  prepared_.listeners.own_paths(false);
  for (auto& [role, sockets] : prepared_.sidecars) sockets.listeners.own_paths(false);
  prepared_.notify.main_pid(successor_.pid());
  successor_.commit();
}

void Service::apply(const TakeOver&) {
  const Generation& generation = generations_.at(supervisor_.generation());
  const Config& config = generation.config;
  base::log_info("This master (pid {}) has the service now; it came from {}", ::getpid(), prepared_.predecessor.pid());
  prepared_.predecessor.forget();
  prepared_.listeners.own_paths(true);
  for (auto& [role, sockets] : prepared_.sidecars) sockets.listeners.own_paths(true);
  keep_addresses();
  os::set_title(process_title(config, generation.listeners, "master"));
  prepared_.notify.main_pid(::getpid());
  prepared_.notify.ready(supervisor_.status());
  told_ready_ = true;
  if (!prepared_.pidfile) return;
  if (const auto renamed = prepared_.pidfile->rename(config.pidfile); !renamed)
    base::log_error("{}", renamed.error().message);
}

void Service::apply(const ReopenLogs&) {
  std::vector<std::string> sentences;
  for (auto& [number, generation] : generations_) {
    for (std::string& sentence : generation.logs.reopen(generation.identity)) sentences.push_back(std::move(sentence));
  }
  if (const auto own = generations_.find(logging_); own != generations_.end()) own->second.logs.use();
  keep_log_level();
  for (const std::string& sentence : sentences) base::log_error("USR1: the log stays as it was: {}", sentence);
  if (!sentences.empty()) return;
  const Config& config = generations_.at(supervisor_.generation()).config;
  const bool accesses = !config.accesslog.empty() && config.accesslog != "-";
  if (config.errorlog != "-") base::log_info("USR1: the error log {} is reopened, and by each worker", config.errorlog);
  if (accesses) base::log_info("USR1: each worker reopens the access log {}", config.accesslog);
  if (config.errorlog == "-" && !accesses) base::log_info("USR1: there is no log file to reopen");
}

void Service::apply(const ReportDeath& action) {
  const auto found = processes_.find(action.pid);
  if (found == processes_.end()) return;
  take_over(found->second, action.ending);
  prepared_.scoreboard.release(found->second.slot);
  processes_.erase(found);
}

void Service::take_over(const Process& worker, Ending ending) {
  const base::Monotonic now = base::monotonic_now();
  os::Slot& slot = prepared_.scoreboard.slot(worker.slot);
  const Death death{worker.number,     worker.generation, worker.dead,       ending,
                    now - worker.born, worker.stopped,    worker.oom_killed, worker.role};
  const Blame blame = worker.role == os::Role::kWorker ? hold_culprit(death, slot, now) : Blame{};
  const std::string report = describe_death(death, slot, now) + blame.report;
  base::log_at(is_abnormal(ending) ? LogLevel::kError : LogLevel::kInfo, "{}", report);
  note_death(worker, ending, report);
  if (worker.role != os::Role::kWorker) return;
  if (!blame.order.empty()) base::log_critical("{}", blame.order);
  const Config& config = generations_.at(worker.generation).config;
  const Logs& logs = generations_.at(worker.generation).logs;
  if (!config.accesslog.empty() || logs.access_syslog()) {
    // The format was compiled when the configuration was read, so it can only be good here.
    const auto format = base::AccessFormat::compile(config.access_log_format);
    const std::string lines = format ? remaining_access_lines(death, slot, *format, now) : "";
    if (const os::Syslog* const syslog = logs.access_syslog())
      syslog->take_accesses(lines, slot.pid.load(std::memory_order_relaxed));
    if (!config.accesslog.empty() && !base::append_lines(logs.access(), lines).whole) {
      base::log_warning("Access lines of worker {} are lost: {} does not take them", worker.number, config.accesslog);
    }
  }
  count_lost_requests(slot);
}

void Service::apply(const Announce& action) {
  if (prepared_.predecessor.there()) {  // the service manager hears of one master only
    if (action.phase != Phase::kReady) return;
    settle(action.generation);
    base::log_info("Generation {} serves: {}", action.generation, action.status);
    return prepared_.predecessor.ready(action.status);
  }
  switch (action.phase) {
    case Phase::kReloading:
      note(os::EventKind::kReloadBegun, "The configuration is read again");
      told_ready_ = false;
      run_hook("on_reload");
      return prepared_.notify.reloading(base::monotonic_now());
    case Phase::kStopping:
      note(os::EventKind::kStopping, "The service is " + action.status);
      told_ready_ = false;
      return prepared_.notify.stopping(action.status);
    case Phase::kReady: break;
  }
  settle(action.generation);
  base::log_info("Generation {} serves: {}", action.generation, action.status);
  status_ = supervisor_.status();
  prepared_.notify.ready(status_);
  told_ready_ = true;
  prepared_.daemon.ready();
}

// `number` serves now, after a start, a reload or a rollback: the master's own settings are that
// generation's.
void Service::settle(unsigned number) {
  const Generation& generation = generations_.at(number);
  if (number != logging_) use_logs(number, generation);
  os::restore_environment(os::save_invocation().environment, own_variables());
  (void)os::set_environment(generation.config.raw_env);
  if (!prepared_.predecessor.there()) os::set_title(process_title(generation.config, generation.listeners, "master"));
  prepared_.scoreboard.publish_config(number, generation.description);
  note(os::EventKind::kServing, fmt::format("Generation {} serves: {}", number, supervisor_.status()));
  begin_quarantine(number);
  leave_other_addresses(number);
  if (!std::exchange(was_ready_, true)) run_hook("when_ready");
  for (const auto& listener : generation.listeners) os::change_backlog(*listener, generation.config.backlog);
}

void Service::leave_other_addresses(unsigned generation) {
  prepared_.listeners.retire_all_but(generations_.at(generation).listeners);
  let_go_of_addresses();
  keep_addresses();
}

// While the old master may still go on, the store is its own.
void Service::keep_addresses() {
  if (!prepared_.predecessor.there()) prepared_.store.hold(prepared_.listeners.to_pass(), prepared_.notify);
}

void Service::let_go_of_addresses() {
  prepared_.listeners.let_go(supervisor_.shares(), [this](const os::Listener& listener) {
    return std::any_of(processes_.begin(), processes_.end(), [&](const auto& entry) {
      const Process& worker = entry.second;
      if (worker.role != os::Role::kWorker) return false;
      const os::Slot& slot = prepared_.scoreboard.slot(worker.slot);
      const bool closed = slot.state.load(std::memory_order_acquire) == os::WorkerState::kDraining &&
                          !slot.accepting.load(std::memory_order_relaxed);
      const ListenerSet& set = generations_.at(worker.generation).listeners;
      return !closed && std::any_of(set.begin(), set.end(), [&](const auto& own) { return own.get() == &listener; });
    });
  });
}

void Service::apply(const Say& action) {
  base::log_at(action.level, "{}", action.text);
  if (action.level != LogLevel::kDebug) note(action.kind, action.text);
}

void Service::apply(const Exit& action) {
  exit_code_ = action.code;
  // Nothing happens here when the foreground process was let go before.
  const int code = action.code != os::kExitOk ? action.code : int{os::kExitFailure};
  prepared_.daemon.failed(code, fmt::format("the service stopped before it was ready; see {}", log_path_));
}

void Service::say_totals() const {
  const os::Counters& totals = prepared_.scoreboard.retired();
  std::string refused;
  for (std::size_t i = 0; i < base::kRejects.size(); ++i) {
    const std::uint64_t count = totals.rejects[i].load(std::memory_order_relaxed);
    if (count != 0)
      fmt::format_to(std::back_inserter(refused), "{} {}={}", refused.empty() ? ";" : ",", base::kRejects[i].name,
                     count);
  }
  const auto relaxed = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  base::log_info("Served {} on {}{}", base::counted(relaxed(totals.requests), "request"),
                 base::counted(relaxed(totals.connections), "connection"),
                 refused.empty() ? "" : " (refused" + refused.substr(1) + ")");
  base::log_debug("Workers were woken in vain, a sibling had been faster, {}",
                  base::counted(relaxed(totals.lost_races), "time"));
  if (const std::uint64_t dropped = relaxed(totals.access_lines_dropped); dropped != 0)
    base::log_warning("{} dropped: it did not take {}",
                      base::counted(dropped, "line of the access log was", "lines of the access log were"),
                      dropped == 1 ? "it" : "them");
}

}  // namespace orrery::master
