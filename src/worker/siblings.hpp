// Siblings: to which workers one could leave its connections, as the scoreboard and the process tree show it now.
//
// Read anew for each question, and never kept: siblings come and go. It gives nothing away (handover.hpp does), and
// which worker accepts a new connection is Balance's to say. Loop thread only.
#pragma once

#include <cstdint>
#include <sys/types.h>

#include "os/scoreboard.hpp"
#include "worker/handover.hpp"

namespace orrery::worker {

class Siblings {
 public:
  /// Of the child of slot `own`, which `master` has forked for `generation`.
  Siblings(const os::Scoreboard& board, const os::Slot& own, pid_t master, std::uint32_t generation)
      : board_(board), own_(own), master_(master), generation_(generation) {}

  /// None will come either: the service stops, its master is gone, or the child is no worker.
  [[nodiscard]] bool never_take() const;
  [[nodiscard]] Giver::Takers takers() const;
  /// One of them is to have the next connection that is handed over: the newest generation, and in it the worker that
  /// has the fewest.
  [[nodiscard]] bool any_has_less() const;
  /// Its master is gone.
  [[nodiscard]] bool is_orphan() const;

 private:
  const os::Scoreboard& board_;
  const os::Slot& own_;
  pid_t master_;
  std::uint32_t generation_;
};

}  // namespace orrery::worker
