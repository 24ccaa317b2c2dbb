// The contract between master and worker: what a worker is born with, what it tells, how it ends.
//
// The master forks and supervises; it knows nothing of HTTP or event loops. The worker's code comes to it as one
// function, WorkerMain, and talks back through a pipe, the scoreboard and its exit code, and in no other way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "orrery/config.hpp"

#include "base/arrival.hpp"
#include "base/bind.hpp"
#include "base/unique_fd.hpp"
#include "os/handover.hpp"
#include "os/lead_lock.hpp"
#include "os/scoreboard.hpp"
#include "os/sealed_file.hpp"

namespace orrery::tls {
class Context;
}

namespace orrery::os {

class Syslog;

/// "127.0.0.1:8000", "[fe80::1%eth0]:8000".
std::string shown_address(const base::Address& address, const std::string& zone);

/// A socket that listens; made by the master, inherited by every worker.
struct Listener {
  base::UniqueFd fd;
  std::string bind;  ///< the setting it came from: "0.0.0.0:8000"
  base::BindTarget target;
  base::Address address;   ///< as bound: the real port when the setting said 0
  bool owns_path = false;  ///< unix: unlink the path when the service ends
  ino_t path_inode = 0;    ///< unix: the file made then, so that a successor's file is left alone

  /// "http://127.0.0.1:8000", "https://127.0.0.1:8443" or "unix:/run/orrery.sock".
  [[nodiscard]] std::string url(bool tls = false) const;
};

/// How connections to this listener begin: as its `bind` says, else as the settings for all do. Where no `bind` has the
/// word `tls` and there is a certificate, TCP listeners speak TLS. One that was handed over has no `bind`.
base::Reception reception_at(const Listener& listener, const Config& config);

/// Everything a worker is born with. Valid for the worker's whole life; all of it is the worker's own copy but the
/// slot.
struct WorkerBirth {
  const Config* config = nullptr;
  std::vector<const Listener*> listeners;
  Slot* slot = nullptr;
  const Scoreboard* board = nullptr;          ///< all slots, to see the siblings' and whether the service stops
  const orrery::tls::Context* tls = nullptr;  ///< of the listeners that speak TLS; null where none does
  const HandoverPair* handover = nullptr;     ///< where connections go from worker to worker
  const SealedFile* app = nullptr;            ///< the application to load; null: the program's own
  const LeadLock* lead = nullptr;             ///< of all workers of the service; null: this one is alone
  unsigned number = 0;                        ///< 1..: the worker's age in this master, never reused
  unsigned generation = 0;                    ///< 1 at start, +1 at each reload
  std::string probe{};                        ///< path that it is asked for before it is ready; empty: none
  base::UniqueFd access_log{};                ///< open already; none when the worker is to open it itself
  const Syslog* syslog = nullptr;             ///< where access lines go too; null: nowhere else
  base::UniqueFd master;                      ///< write end of the pipe to the master: WorkerMessage
  pid_t master_pid = 0;
  base::UniqueFd orders{};  ///< where the admin process gives the master orders (os/order.hpp); others have none
};

/// Runs in the child, after the child's part of the fork is done (descriptors closed, logs taken, privileges
/// dropped, tied to the master's life). All signals are still blocked. The value is the process's exit code;
/// never returns by exception.
using WorkerMain = std::function<int(WorkerBirth)>;

/// What a worker writes into its pipe; one byte each, so a write is never partial.
enum class WorkerMessage : std::uint8_t {
  kReady = 'r',       ///< start hook done, accepting
  kRecycle = 'c',     ///< reached max_requests: replace me, then send me TERM
  kTerminated = 't',  ///< somebody else sent me TERM: replace me, then send me yours
  kExhausted = 'x',   ///< every handler thread is past its deadline: replace me, then send me TERM
};

/// Exit codes: gunicorn's contract.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,     ///< runtime failure (bind, log file, master gone)
  kExitUsage = 2,       ///< bad configuration or command line; nothing was started
  kExitWorkerBoot = 3,  ///< a worker could not boot
  kExitAppLoad = 4,     ///< the application's start hook failed
  kExitProbe = 5,       ///< a worker only: what it answered to its probe was bad
};

}  // namespace orrery::os
