// SystemdJournal: systemd's journal as what the error log writes to, where it is this process's standard error.
//
// Entries go to journald's socket in its native form, one datagram each, never blocking; fields come along that a line
// on standard error cannot have. The descriptor is made in the master and shared by its children. Any thread may write.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "base/unique_fd.hpp"

namespace orrery::os {

class SystemdJournal final : public base::JournalWriter {
 public:
  /// Null where JOURNAL_STREAM does not say that standard error is the journal.
  static std::unique_ptr<SystemdJournal> of_standard_error(const char* socket = "/run/systemd/journal/socket");

  int write(std::string_view entry) override;

 private:
  explicit SystemdJournal(base::UniqueFd socket) : socket_(std::move(socket)) {}
  base::UniqueFd socket_;
};

}  // namespace orrery::os
