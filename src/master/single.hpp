// Single: the whole service in one process, which is its own worker: for a debugger and for coverage.
//
// Nothing is forked, so nothing is supervised, replaced, reloaded or upgraded, there are no admin and monitor processes
// and no pid file. HUP, USR2, TTIN and TTOU are refused with a sentence. TERM, or Ctrl-C, lets it finish what is in
// flight, and then the function returns, so that exit handlers run; a second Ctrl-C ends it at once. Never for
// production: a handler that crashes or hangs takes the service along.
#pragma once

#include "master/master.hpp"

namespace orrery::master {

/// Returns the exit code (os::ExitCode) when it has stopped. Of the parts it needs Config, worker and what to say.
int run_single(MasterParts parts);

}  // namespace orrery::master
