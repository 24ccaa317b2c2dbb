// App: the two applications that tell of the service, written on the public API like any other.
//
// Made in the admin process or the monitor process, after the fork, and run there in the class `async`. The monitor
// tells: /livez, /readyz, /metrics. The admin process tells that and more: /status. Neither asks a worker anything, so
// both answer when every worker is stuck.
#pragma once

#include "orrery/app.hpp"

#include "os/scoreboard.hpp"

namespace orrery::admin {

/// `board` must outlive the App.
App make_monitor(const os::Scoreboard& board);
App make_admin(const os::Scoreboard& board);

}  // namespace orrery::admin
