// App: the two applications that tell of the service, written on the public API like any other.
//
// Made in the admin process or the monitor process, after the fork, and run there in the class `async`. The monitor
// tells: /livez, /readyz, /metrics. The admin process tells that and everything else, and takes orders for the master.
// What is told is read from the scoreboard: neither asks a worker anything, so both answer when every worker is stuck.
#pragma once

#include <string>

#include "orrery/app.hpp"

#include "admin/lists.hpp"
#include "admin/metrics.hpp"
#include "admin/statsd.hpp"
#include "base/unique_fd.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

struct AdminParts {
  base::UniqueFd orders;  ///< the channel to the master; none: no order is taken
  std::string token;      ///< that requests must bring; empty = none
  RouteOf route;          ///< the service's routes, by pattern
  Families families;      ///< the application's own metrics
  Names names;            ///< of the service's routes and pools
  StatsdTarget statsd{};  ///< where metrics are sent
  WorkerClass worker_class = WorkerClass::kAsync;
  double cpus = 1;  ///< that the service may use
};

/// `board` must outlive the App.
App make_monitor(const os::Scoreboard& board, const Families& families = {}, Names names = {});
App make_admin(const os::Scoreboard& board, AdminParts parts);

/// Enters all that this master's service has counted into the ledger, for the masters beside and behind it; nothing
/// where there is none. In the master.
void enter_counts(const os::Scoreboard& board, const Families& families, const Names& names);

}  // namespace orrery::admin
