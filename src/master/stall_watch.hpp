// StallWatch: asks a worker's thread for its stack when a request has used up half, and three quarters, of its time,
// and writes it to the error log.
//
// So a time-out comes with samples that tell "stuck in one place" from "slow everywhere". One for each worker, in the
// master. Takes a sample at one look and reads it at the next; a worker that was stopped (SIGSTOP) does not answer, and
// is named so instead. Decides nothing about the worker's life.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

#include "orrery/config.hpp"

#include "base/clock.hpp"
#include "os/scoreboard.hpp"

namespace orrery::master {

class StallWatch {
 public:
  /// Call at each reading of the scoreboard.
  void look(pid_t pid, const os::Slot& slot, const Config& config, base::Monotonic now);

 private:
  /// What holds a thread up, and how much of its time is gone.
  struct Stall {
    double used = 0;  ///< 1 = all of it
    pid_t thread = 0;
    std::int64_t since_ns = 0;
    std::string what;
  };
  [[nodiscard]] static Stall worst(pid_t pid, const os::Slot& slot, const Config& config, base::Monotonic now);
  void report(const os::Slot& slot);

  std::int64_t since_ns_ = 0;  ///< the stall the two below are about
  unsigned quarters_ = 0;      ///< up to which it was sampled
  std::string asked_;          ///< what to say with the sample that was asked for; empty = none was
  std::uint32_t sample_ = 0;   ///< the cell's count when it was
};

}  // namespace orrery::master
