// Master: the process that forks and watches the workers; a thin layer around the supervisor.
//
// run_master() is the life of the master process: it prepares the ground (descriptors, pid file, listeners,
// daemon, log, scoreboard, signals), then waits in poll, turns what happened into events and does what the
// supervisor answers. One thread, no event loop, no HTTP, no byte from outside but one-byte messages of its
// own workers. In a worker it never returns.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orrery/config.hpp"

#include "os/contract.hpp"

namespace orrery::master {

/// What reading the configuration again produced.
struct Reload {
  std::vector<std::string> complaints;  ///< not empty = refused; each one sentence
  std::vector<std::string> changes;     ///< for the log: "workers: 2 -> 4", or what needs a restart
  Config config;
  std::string
      description{};  ///< its settings and where they came from, for the admin process; the master only keeps it
  os::WorkerMain worker_main{};  ///< what its workers run; empty = what those of the current one run
};

/// A child of another role than the workers': one process, which lives beside them.
struct SidecarParts {
  os::Role role = os::Role::kAdmin;
  Config config;                 ///< what it runs with and where it listens; a reload changes nothing of it
  bool private_sockets = false;  ///< its unix sockets are for their owner only
  bool local_only = false;       ///< nobody on another machine may reach it
  os::WorkerMain main;
  bool has_other_work = false;  ///< it runs where nobody can reach it as well
};

/// Everything a master is made of. The command line's memory becomes the process title: `reload` must keep
/// its own copy.
struct MasterParts {
  Config config;
  /// Reads the configuration again and compares it with `current`, whose workers run `worker_main`; empty = HUP starts
  /// the same one again.
  std::function<Reload(const Config& current, const os::WorkerMain& worker_main)> reload;
  std::string settings_file{};  ///< that was read, as an absolute path, for `reload`; empty = none
  /// Resolves `auto`; empty = Config::workers, at least 1.
  std::function<unsigned(const Config&)> worker_count;
  os::WorkerMain worker_main;          ///< what the workers of the first generation run
  std::vector<SidecarParts> sidecars;  ///< one of a role at most
  std::string service = "orrery";      ///< what starts, for the log: "orrery 0.1.0"
  std::string system_root = "/";       ///< below it lie /proc and /sys, for the count of OOM kills
  std::vector<std::string> notes;      ///< what reading the configuration left to say
  std::string description{};           ///< of `config`, as in Reload
  /// Enters what the service has counted into the ledger of the board; empty = nothing is handed on.
  std::function<void(const os::Scoreboard&)> enter_counts{};
};

/// Runs the service; returns the exit code (os::ExitCode) when it has stopped.
int run_master(MasterParts parts);

/// In a process that an upgrade started, before run_master(): it will not come to that, and why.
void tell_predecessor(const std::string& why);

}  // namespace orrery::master
