// Service: the running master. Waits, turns what happened into events, applies the supervisor's actions.
//
// Made by run_master() when everything that it needs is there; lives until the Exit action. Master process, one thread.
// Makes no decision about workers: that is the supervisor's. All that can wait for long waits in poll, in one
// place.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/access_format.hpp"
#include "base/unique_fd.hpp"
#include "master/canary.hpp"
#include "master/certificate_watch.hpp"
#include "master/event.hpp"
#include "master/fd_store.hpp"
#include "master/hooks.hpp"
#include "master/listeners.hpp"
#include "master/logs.hpp"
#include "master/master.hpp"
#include "master/order_channel.hpp"
#include "master/predecessor.hpp"
#include "master/quarantine.hpp"
#include "master/reload_watch.hpp"
#include "master/scarcity.hpp"
#include "master/stall_watch.hpp"
#include "master/successor.hpp"
#include "master/supervisor.hpp"
#include "os/daemon.hpp"
#include "os/handover.hpp"
#include "os/journal.hpp"
#include "os/lead_lock.hpp"
#include "os/notify.hpp"
#include "os/order.hpp"
#include "os/pidfile.hpp"
#include "os/process.hpp"
#include "os/program.hpp"
#include "os/scoreboard.hpp"
#include "os/sealed_file.hpp"
#include "os/signals.hpp"
#include "tls/context.hpp"

namespace orrery::master {

struct Death;

/// Everything of one configuration that lives as long as a worker born under it.
struct Generation {
  Config config;
  std::optional<os::Identity> identity;
  Logs logs;
  ListenerSet listeners;
  std::shared_ptr<const orrery::tls::Context> tls;  ///< null where nobody asks for TLS
  std::string description{};            ///< its settings and where they came from, as text for the admin process
  std::optional<os::SealedFile> app{};  ///< the shared object that its workers load; nothing: they load none
  os::WorkerMain worker_main{};         ///< what its workers run
};

/// Where a sidecar listens. The sockets outlive every generation, and every child of that role.
struct SidecarSockets {
  Listeners listeners{std::vector<std::string>{}};
  ListenerSet set;
};

/// What must stand before the first fork.
struct Prepared {
  Predecessor predecessor;
  std::optional<os::Pidfile> pidfile;
  Listeners listeners;
  FdStore store;
  Generation first;
  os::Daemon daemon;
  os::Notify notify;
  os::Scoreboard scoreboard;
  os::SignalFd signals;
  os::HandoverPair handover;
  os::LeadLock lead;
  std::map<os::Role, SidecarSockets> sidecars;
  std::optional<ReloadWatch> changes;            ///< with `reload`
  std::optional<CertificateWatch> certificates;  ///< with `tls_watch`
};

/// What `reload` watches for a service of these settings; `program` is its binary.
Watched watched_files(const Config& config, const std::string& settings_file, const std::string& program);

/// Nothing without `reload`, and where the kernel does not let it watch: then `notes` says so.
std::optional<ReloadWatch> watch_changes(Watched watched, const Config& config, std::vector<std::string>& notes);

/// Nothing without `tls_watch`, and where the kernel does not let it watch: then `notes` says so.
std::optional<CertificateWatch> watch_certificates(const Config& config, std::vector<std::string>& notes);

/// Who the workers of `config` run as, which sockets and certificates they get, and its log files, open. Warnings go to
/// `notes`. `tickets`: the keys of TLS sessions that are to stay good; null: there are none.
Result<Generation> make_generation(const Config& config, Listeners& listeners, std::shared_ptr<tls::TicketKeys> tickets,
                                   std::vector<std::string>& notes);

/// Takes this process where the configuration wants it: its directory, its umask, its environment.
Result<void> enter_place(const Config& config);

/// Names of the variables with which the master was started for itself.
std::vector<std::string> own_variables();

/// On which terms a canary of `config` is on trial.
os::CanaryTerms canary_terms(const Config& config);

/// How many workers `config` means.
unsigned worker_count(const MasterParts& parts, const Config& config);

class Service {
 public:
  Service(MasterParts parts, Prepared prepared);

  /// Until the last worker is gone; the exit code.
  int run();
  /// After run(): the program itself has changed, and shall be started anew in this process (`reload`).
  [[nodiscard]] bool starts_anew() const { return starts_anew_; }

 private:
  struct Process {
    unsigned number = 0;
    unsigned generation = 0;  ///< that it was forked for; a sidecar outlives it
    os::Role role = os::Role::kWorker;
    std::size_t slot = 0;
    base::UniqueFd pipe;  ///< what it tells us; closed at its end of file
    base::Monotonic born;
    os::DeadChild dead;       ///< filled when it is reaped
    bool stopped = false;     ///< found so when it was sent ABRT
    bool oom_killed = false;  ///< filled when it is reaped
    StallWatch watch{};
  };

  // What happened.
  void wait();
  void take_signals();
  void read_pipes();
  void listen_to_masters();
  void read_pipe(pid_t pid, Process& worker);
  void reap();
  void read_scoreboard();
  void remind_of_certificates();
  void enter_counts();
  void read_canary();
  void read_memory();
  void tell_manager();
  void reach_deadline();
  void dispatch(Event event);
  void dispatch_inbox();
  void tell_workers();
  void publish_facts();

  // Orders of the admin process (taking_orders.cpp).
  void take_orders();
  void obey(const os::Order& order);
  void change_log_level(const os::Order& order);
  void ask_for_stack(const os::Order& order);
  void keep_log_level() const;

  // Changed files: certificates, and under development all that is served from (changes.cpp).
  void take_changes();
  void follow_changes(const Config& config, std::vector<std::string>& notes);
  void take_certificates();
  /// As if the signal had come: these files are others than before.
  void act_on_changed(const std::vector<std::string>& paths, int signo);
  void follow_certificates(const Config& config, std::vector<std::string>& notes);

  // What happened, for readers of the journal (journal.cpp).
  void note(os::EventKind kind, std::string_view text, std::string_view sender = {});
  void note_ready(const Process& process, pid_t pid);
  void note_death(const Process& process, Ending ending, std::string_view report);

  // What to do.
  void apply(const Spawn& action);
  void apply(const SendSignal& action);
  void apply(const LoadConfig& action);
  void apply(const LeaveOtherAddresses& action) { leave_other_addresses(action.generation); }
  void apply(const DropGeneration& action);
  void apply(const CloseListeners& action);
  void apply(const StartSuccessor& action);
  void apply(const PromoteSuccessor&) { successor_.promote(); }
  void apply(const SignalSuccessor& action);
  void apply(const CommitUpgrade& action);
  void apply(const TakeOver& action);
  void apply(const TellFailure& action) { prepared_.predecessor.failed(action.why); }
  void apply(const ReopenLogs& action);
  void apply(const ReportDeath& action);
  void apply(const Announce& action);
  void apply(const Say& action);
  void apply(const AnswerOrder& action) { orders_.answer(action); }
  void apply(const Exit& action);

  Result<pid_t> fork_worker(const Spawn& action, std::size_t slot);
  Result<pid_t> fork_sidecar(const Spawn& action, std::size_t slot);
  Result<pid_t> fork_process(const Spawn& action, std::size_t slot, os::ChildBirth child,
                             const std::function<int(os::WorkerBirth)>& live);
  [[nodiscard]] std::vector<int> foreign_descriptors(const Generation& generation, os::Role role) const;
  Result<void> load(unsigned number);
  void take_over(const Process& worker, Ending ending);
  [[nodiscard]] const Config& config_of(const Process& process) const;
  /// What is to be said of the request a worker died of: in its report, and of what follows from that.
  struct Blame {
    std::string report;
    std::string order;  ///< a line of its own; empty = none
  };
  Blame hold_culprit(const Death& death, const os::Slot& slot, base::Monotonic now);
  void release_held(base::Monotonic now);
  void begin_quarantine(unsigned generation);
  void publish_held();
  void settle(unsigned number);
  void use_logs(unsigned number, const Generation& generation);
  void make_pidfile_again();
  void leave_other_addresses(unsigned generation);
  void let_go_of_addresses();
  void keep_addresses();
  // Moments for the hooks (moments.cpp).
  void run_hook(std::string_view setting, std::vector<std::string> variables = {});
  void tell_of_exit(const Process& process, const os::DeadChild& dead);
  void tell_of_workers();
  void say_totals() const;
  void say_binaries() const;
  [[nodiscard]] Plan plan_of(const Config& config) const;
  [[nodiscard]] Pulse pulse_of(pid_t pid, const Process& worker, base::Monotonic now) const;

  MasterParts parts_;
  Prepared prepared_;
  os::Program program_;
  Supervisor supervisor_;
  Successor successor_;
  std::map<unsigned, Generation> generations_;
  std::map<pid_t, Process> processes_;  ///< workers and sidecars, not reaped yet
  std::deque<Event> inbox_;
  TallySheet tallies_;
  Quarantine quarantine_;
  Hooks hooks_;
  unsigned workers_meant_ = 0;  ///< as the hooks know
  bool was_ready_ = false;      ///< as the hooks know
  base::Monotonic next_pulse_{}, next_memory_{}, next_watchdog_{}, next_reminder_{};
  bool told_ready_ = false;  ///< the service manager knows that the service is ready
  std::string status_;       ///< what it was told last
  unsigned logging_ = 1;     ///< the generation whose error log is the master's
  std::string log_path_;
  std::optional<int> exit_code_;
  bool starts_anew_ = false;
  std::uint64_t oom_kills_ = 0;  ///< as last read
  OrderChannel orders_;
  os::ServiceFacts facts_;  ///< as last published
  Scarcity scarcity_;
};

}  // namespace orrery::master
