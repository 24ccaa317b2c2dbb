// View: one look at the whole service, as plain values, for everything that tells of it.
//
// Taken in the admin process from the scoreboard, which the workers and the master write: no message, no lock, no
// question to anybody, so it works when every worker is stuck. A number in it is never below the one of an earlier
// look. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "admin/routes.hpp"
#include "base/clock.hpp"
#include "base/duration_bounds.hpp"
#include "os/listen_queue.hpp"
#include "os/scoreboard.hpp"
#include "os/service_facts.hpp"

namespace orrery::admin {

/// What the kernel tells of a process.
struct Cost {
  std::optional<base::Nanoseconds> cpu;
  std::optional<std::uint64_t> private_bytes;
  std::optional<std::uint64_t> open_files;
};

struct WorkerView {
  pid_t pid = 0;
  os::WorkerState state = os::WorkerState::kBooting;
  std::uint32_t generation = 0;
  std::int32_t connections = 0;          ///< open now
  std::int32_t in_flight = 0;            ///< requests with a handler now
  std::uint64_t requests = 0;            ///< answered, or given up
  base::Nanoseconds silence{0};          ///< since its loop beat last; 0 when it has not begun to
  std::uint32_t number = 0;              ///< as in its title and in the log
  std::uint64_t errors = 0;              ///< answered with 5xx
  base::Nanoseconds age{0};              ///< since it was forked
  Cost cost{};                           ///< where the kernel was asked
  std::int32_t idle = 0, lingering = 0;  ///< of its connections, when its loop beat last
  base::Nanoseconds lag{0};              ///< by how much that beat was late
  std::int32_t secured = 0;              ///< connections that speak TLS, now
  std::int32_t http2 = 0;                ///< connections that speak HTTP/2, now
  std::int32_t websockets = 0;           ///< open now
};

/// The threads of one name, of all workers together.
struct PoolView {
  std::string name;
  std::uint64_t threads = 0, busy = 0, queued = 0;
};

struct View {
  os::ServiceFacts facts;
  os::Totals totals;
  std::vector<WorkerView> workers;
  base::Nanoseconds master_silence{0};     ///< since the master went round last
  base::Nanoseconds eldest{0};             ///< age of the request that has been in flight longest; 0 = there is none
  RouteViews routes{};                     ///< of Viewer::look_whole()
  base::DurationBounds duration_bounds{};  ///< of the routes' durations
  /// Descriptors that a worker may have; nothing = as many as it likes, or the kernel was not asked.
  std::optional<std::uint64_t> open_files_limit{};
  std::vector<PoolView> pools{};                 ///< those that have threads: of class `threads`, then the App's
  std::vector<os::ListenQueue> listen_queues{};  ///< of all TCP addresses of the network namespace; empty as above
};

class Viewer {
 public:
  /// `names`: of the service's routes and pools.
  explicit Viewer(const os::Scoreboard& board, Names names = {}) : board_(board), names_(std::move(names)) {}
  /// How this master's service is at this moment.
  View look(base::Monotonic now);
  /// The same with its routes.
  View look_own(base::Monotonic now);
  /// That, where every count is that of all masters which the service has had, one after the other.
  View look_whole(base::Monotonic now);

 private:
  const os::Scoreboard& board_;
  Names names_;
  os::ServiceFacts facts_;  ///< as last read whole
  os::Totals totals_;
};

}  // namespace orrery::admin
