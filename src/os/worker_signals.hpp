// Worker signals: what TERM, INT, QUIT and USR1 do in a worker, with plain handlers that work even while its loop is
// blocked.
//
//   TERM        noted, with who sent it; the loop is woken. In an orphan (the master died) an alarm ends the process
//   after
//               graceful_timeout even if a handler never returns, and its listeners are let go at once.
//   INT, QUIT   noted; the loop is woken to write down what it cuts off. A loop that does not get to it within a tenth
//   of a second is not
//               waited for: the process ends, exit code 0; what it had logged lies in the scoreboard.
//   USR1        noted; the loop is woken and reopens the logs.
//   HUP, TTIN, TTOU, USR2, WINCH, PIPE, XFSZ   ignored.
//
// In a process that is its own master (`master` is its own pid) the first INT or QUIT means what TERM means, and HUP,
// TTIN, TTOU and USR2 are noted, so that they can be refused.
//
// One set per process, in the worker only, after the fork. The wake function must be async-signal-safe.
#pragma once

#include <chrono>
#include <sys/types.h>
#include <vector>

namespace orrery::os {

struct SeenSignals {
  bool terminate = false;   ///< TERM of the master, or of the kernel when the master died
  pid_t terminated_by = 0;  ///< who else sent TERM; 0 = nobody
  bool quit = false;        ///< INT or QUIT: leave at once
  bool reopen_logs = false;
  int refused = 0;  ///< one that only a master can obey, in a process that is its own; 0 = none
};

/// Installs the handlers and unblocks all signals. `listeners` are the listening descriptors of this process.
/// `wake(context)` runs inside a signal handler.
void install_worker_signals(pid_t master, std::chrono::milliseconds graceful_timeout, const std::vector<int>& listeners,
                            void (*wake)(void*), void* context);

/// Gives up this process's copies of the listeners: their numbers stay taken, by /dev/null, so their owner may
/// still close them. Async-signal-safe; harmless to repeat.
void release_listeners();

/// What came since the last call.
SeenSignals take_worker_signals();

}  // namespace orrery::os
