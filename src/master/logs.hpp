// Logs: the log files of one generation, and its way to syslog, as the master holds them open.
//
// Owned by the generation, in the master. Opened before its first worker (os/owned_file.hpp says how safely)
// and again at USR1; where that fails the file open till then stays. Workers are born with copies, so a
// worker that is replaced needs no path, a FIFO's reader sees no end of file, and the access lines of a dead
// worker go where its own went. Must never be opened by path for one write.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/unique_fd.hpp"
#include "os/privileges.hpp"
#include "os/syslog.hpp"

namespace orrery::master {

class Logs {
 public:
  /// Opens what `config` names. Warnings are added to `notes`.
  static Result<Logs> open(const Config& config, const std::optional<os::Identity>& owner,
                           std::vector<std::string>& notes);

  /// Opens all anew; what could not be opened, in sentences.
  std::vector<std::string> reopen(const std::optional<os::Identity>& owner);

  /// This process's error log is this generation's from now on.
  void use() const;
  /// The same in a new worker, which never goes back: its copy of the descriptor is the log's own then.
  void use_for_good() const;
  /// For a new worker, likewise; none when it opens standard output itself.
  [[nodiscard]] base::UniqueFd access_for_good() const { return base::UniqueFd{access_.get()}; }
  /// Where lines for the access log go; -1 = nowhere.
  [[nodiscard]] int access() const;
  /// Where they go too; null = nowhere else.
  [[nodiscard]] const os::Syslog* access_syslog() const { return syslog_takes_accesses_ ? syslog_.get() : nullptr; }
  [[nodiscard]] std::vector<int> descriptors() const;

 private:
  Result<void> open_error(const std::optional<os::Identity>& owner, std::vector<std::string>& notes);
  Result<void> open_access(const std::optional<os::Identity>& owner, std::vector<std::string>& notes);

  std::string error_path_, access_path_;
  LogLevel level_ = LogLevel::kInfo;
  LogFormat format_ = LogFormat::kText;
  base::UniqueFd error_, access_;       ///< none: a standard stream, or no log
  std::shared_ptr<os::Syslog> syslog_;  ///< null: no lines go there
  bool syslog_takes_accesses_ = false;
};

}  // namespace orrery::master
