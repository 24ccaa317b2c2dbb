// LeadLock: of all workers of a service one at most has it, and the kernel takes it back when that process dies.
//
// A file in memory (memfd), made by the first master, inherited by every worker and passed on to the master of an
// upgrade. Who wants the lead opens a description of the file for itself and has a lock on that (F_OFD_SETLKW): such a
// lock belongs to the open file description, so it goes with the process's last descriptor of it, and with nothing
// else. The master never locks. Never opened by name: it has none.
#pragma once

#include <optional>
#include <utility>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

class LeadLock {
 public:
  static Result<LeadLock> make();
  /// That of the master before this one; nothing when the descriptor is no such file.
  static std::optional<LeadLock> adopt(base::UniqueFd file);
  [[nodiscard]] int fd() const { return file_.get(); }

  /// A description of this process's own, on which wait_for_lead() waits; to close it lets go.
  [[nodiscard]] Result<base::UniqueFd> open_own() const;

 private:
  explicit LeadLock(base::UniqueFd file) : file_(std::move(file)) {}
  base::UniqueFd file_;
};

/// Returns true when this process has the lead, however long that takes. Any thread.
bool wait_for_lead(const base::UniqueFd& own);

}  // namespace orrery::os
