// Worker signals: what TERM, INT, QUIT and USR1 do in a worker, with plain handlers that work even while its loop is blocked.
//
//   TERM        noted; the loop is woken and drains. In an orphan (the master died) an alarm ends the process after
//               graceful_timeout even if a handler never returns.
//   INT, QUIT   the process ends at once, exit code 0; what it had logged lies in the scoreboard.
//   USR1        noted; the loop is woken and reopens the logs.
//   HUP, TTIN, TTOU, USR2, WINCH, PIPE   ignored.
//
// One set per process, in the worker only, after the fork. The wake function must be async-signal-safe.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace orrery::os {

struct SeenSignals {
  bool terminate = false;
  bool reopen_logs = false;
};

/// Installs the handlers and unblocks all signals. `wake(context)` runs inside a signal handler.
void install_worker_signals(pid_t master, std::chrono::milliseconds graceful_timeout, void (*wake)(void*),
                            void* context);

/// What came since the last call.
SeenSignals take_worker_signals();

}  // namespace orrery::os
