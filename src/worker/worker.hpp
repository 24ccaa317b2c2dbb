// The life of one worker: boot, serve, drain, leave.
//
// Runs in a child of the master (os::WorkerMain), on its loop thread. Boot: signal handlers, loop, logs, the
// application's start hooks, listeners; then "ready" to the master. TERM of the master ends it: no new connections,
// what is in flight is finished, end hooks, exit 0. While the service goes on, in this master's hands or another's,
// connections go to siblings as they come to rest; when it stops, or the master is gone, they are ended with
// `Connection: close`. TERM of anybody else asks the master for a replacement first. INT and QUIT end it at once. USR1
// reopens the logs. HUP, TTIN, TTOU, USR2 and WINCH, which are the master's, are ignored. It ends by _exit, so a
// handler that is stuck can never hold it up.
#pragma once

#include "orrery/app.hpp"

#include "http/router.hpp"
#include "os/contract.hpp"

namespace orrery::worker {

/// Runs a worker to its end and returns its exit code; the caller leaves by _exit.
int run_worker(os::WorkerBirth birth, const App& app, const http::Router& router);

}  // namespace orrery::worker
