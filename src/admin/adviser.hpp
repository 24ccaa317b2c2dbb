// Adviser: watches what the workers do, and answers how many of them there should be.
//
// Admin process, loop thread. A few times a second it reads what stands in the scoreboard, and once a second what CPU
// time the workers have used; it asks no worker anything. It begins anew when the number of workers or the generation
// changes, since what was seen before is of another service.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <sys/types.h>
#include <vector>

#include "orrery/app.hpp"

#include "admin/advice.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

class Adviser {
 public:
  /// `cpus`: that the service may use.
  Adviser(const os::Scoreboard& board, WorkerClass worker_class, double cpus)
      : board_(board), class_(worker_class), cpus_(cpus) {}

  /// In the start hook.
  void begin(Worker& worker);
  /// `least` and `most`: workers that are considered.
  [[nodiscard]] Advice advice(unsigned least, unsigned most) const;
  /// The number of workers that is wanted now.
  [[nodiscard]] unsigned workers() const { return workers_; }

 private:
  void look();
  void end_second(const os::Totals& totals, base::Monotonic now);
  /// CPU time that the workers of the last call have used since that call.
  base::Nanoseconds used_cpu();
  [[nodiscard]] std::optional<double> busy_now() const;

  const os::Scoreboard& board_;
  WorkerClass class_;
  double cpus_;
  unsigned workers_ = 0, generation_ = 0;
  std::vector<LoadSecond> seconds_;
  unsigned looks_ = 0;  ///< in this second
  double busy_ = 0;     ///< their sum
  base::Monotonic since_{};
  std::uint64_t answered_ = 0, queue_ns_ = 0;  ///< when the second began
  std::map<pid_t, base::Nanoseconds> cpu_;     ///< likewise
  Timer timer_;
};

}  // namespace orrery::admin
