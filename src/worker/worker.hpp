// The life of one worker: boot, serve, drain, leave.
//
// Runs in a child of the master (os::WorkerMain), on its loop thread. Boot: signal handlers, loop, logs, the application's start hooks,
// listeners; then "ready" to the master. TERM drains: no new connections, requests in flight are finished with
// `Connection: close`, then end hooks and exit 0. INT and QUIT end it at once. USR1 reopens the logs. HUP, TTIN, TTOU, USR2 and
// WINCH, which are the master's, are ignored. It ends by _exit, so a handler that is stuck can never hold it up.
#pragma once

#include "orrery/app.hpp"

#include "http/router.hpp"
#include "os/contract.hpp"

namespace orrery::worker {

/// Runs a worker to its end and returns its exit code; the caller leaves by _exit.
int run_worker(os::WorkerBirth birth, const App& app, const http::Router& router);

}  // namespace orrery::worker
