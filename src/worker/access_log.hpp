// AccessLog: one line per finished request, gathered and written in whole lines.
//
// Lines wait in the worker's slot of the scoreboard, so the master can write what a dead worker left. They go to the
// file with O_APPEND when 32 KiB are there and at least each second, so workers never interleave. To a pipe or terminal
// a write is whole lines of at most PIPE_BUF bytes and never waits: when the reader stops, lines are dropped and
// counted. Syslog, where it is wanted, gets the same lines at the same moments. Loop thread only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/result.hpp"

#include "base/access_format.hpp"
#include "base/unique_fd.hpp"
#include "os/scoreboard.hpp"
#include "os/syslog.hpp"

namespace orrery::worker {

class AccessLog {
 public:
  /// `path`: `-` = standard output, empty = only syslog. `skip`: paths whose requests get no line. `file` was opened
  /// there by the master; none = it is opened here. `syslog`: takes the lines too; null = it does not.
  static Result<AccessLog> open(std::string path, base::AccessFormat format, std::vector<std::string> skip,
                                os::Slot& slot, base::UniqueFd file = base::UniqueFd{},
                                const os::Syslog* syslog = nullptr);

  void write(const base::AccessRecord& record);
  [[nodiscard]] bool has_response_fields() const { return format_.has_response_fields(); }
  void flush();
  /// Opens the path anew, unless it is standard output; keeps the old file when that fails.
  Result<void> reopen();

 private:
  AccessLog(std::string path, base::AccessFormat format, std::vector<std::string> skip, os::Slot& slot)
      : path_(std::move(path)), format_(std::move(format)), skip_(std::move(skip)), slot_(&slot) {}
  [[nodiscard]] bool skips(std::string_view target) const;
  void direct(base::UniqueFd file);
  bool append(const base::AccessRecord& record);
  void put_out(std::string_view lines);
  void write_whole_lines(std::string_view lines);
  void write_out(std::string_view lines);
  void drop(std::string_view lines, int error);

  std::string path_;
  base::AccessFormat format_;
  std::vector<std::string> skip_;
  os::Slot* slot_;
  const os::Syslog* syslog_ = nullptr;
  base::UniqueFd fd_;
  bool waits_ = true;  ///< a regular file: a write takes everything
  bool socket_ = false;
  bool torn_ = false;        ///< the file ends within a line
  bool complained_ = false;  ///< the present failure is in the error log already
};

}  // namespace orrery::worker
