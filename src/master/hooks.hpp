// Hooks: the operator's commands that the master runs at moments of the service's life, as gunicorn's server hooks.
//
//  Moment                                              Setting            The service waits
//  --------------------------------------------------  -----------------  ------------------------------
//  before the first worker is made                     on_starting        yes; where it fails, the start does
//  the first workers serve                             when_ready         no
//  a reload begins                                     on_reload          no
//  an upgrade begins                                   pre_exec           no
//  a worker has ended                                  child_exit         no
//  another number of workers is meant                  nworkers_changed   no
//  the last worker has ended                           on_exit            yes; its failure is a line of the log
//
// Each is a child of the master, with a time limit; not more than a few run at once, and the others wait. None of them
// can hold up supervision: what the service waits for is run before it begins, and when it is over. Master only.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/clock.hpp"
#include "os/process.hpp"

namespace orrery::master {

/// A moment, and what the command is told of it.
struct Moment {
  std::string_view setting;  ///< "child_exit"
  unsigned generation = 0;
  std::vector<std::string> variables{};  ///< `NAME=value`, beside those that every hook has
};

/// Runs the hook and waits for it. Nothing is done where `config` has none.
Result<void> run_hook_and_wait(const Config& config, const Moment& moment);

class Hooks {
 public:
  /// Runs the hook now, or when there is room for it. Nothing is done where `config` has none.
  void run(const Config& config, const Moment& moment, base::Monotonic now);
  /// A child has ended; false when it was none of these.
  bool ended(const os::DeadChild& child, base::Monotonic now);
  /// Ends those that take too long.
  void expire(base::Monotonic now);
  [[nodiscard]] std::optional<base::Monotonic> next_deadline() const;
  /// Tells all that run to end.
  void stop();

 private:
  struct Order {
    std::string setting;
    std::vector<std::string> words, variables;
    Config::Milliseconds timeout;
  };
  struct Running {
    std::string setting;
    base::Monotonic deadline;
    bool told = false;  ///< to end
  };
  void start(const Order& order, base::Monotonic now);

  std::deque<Order> waiting_;
  std::map<pid_t, Running> running_;
};

}  // namespace orrery::master
