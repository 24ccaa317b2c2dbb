// The error log: one line per thing an operator should know.
//
// The only user of spdlog. Lines have gunicorn's form, `[2026-08-22 10:00:00 +0000] [pid] [LEVEL] message`,
// or that of `log_format` (log_record.hpp), and are written whole with O_APPEND and never buffered, so master and
// workers may share one file. Where standard error is systemd's journal, it gets entries with fields. The master opens
// it by the rules of os/owned_file.hpp and gives it to its workers, which reopen it themselves on USR1.
// Any thread may log. Never logs from a signal handler, and never fails its caller: when the file cannot be
// written the line goes to standard error; when that cannot be written either, lines are counted, and the
// count is a line as soon as there is room.
#pragma once

#include <fmt/core.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::base {

struct LogRecord;

/// Writes to `file` from now on, which was opened at `path` and will be again by reopen_log(); no descriptor
/// and `-` = standard error.
void take_log(UniqueFd file, const std::string& path, LogLevel level, LogFormat format = LogFormat::kText);

/// What lines with fields say of this process: its role, which has to stay, and a worker's number.
void set_log_writer(std::string_view role, unsigned worker = 0);

/// Takes entries of systemd's journal, in place of lines on standard error. Any thread may call it.
class JournalWriter {
 public:
  /// 0, or the errno for which the entry was not taken.
  virtual int write(std::string_view entry) = 0;

 protected:
  ~JournalWriter() = default;
};
/// For the life of the process; null = standard error is no journal.
void set_journal(JournalWriter* journal);

/// Takes a copy of each line that the error log takes. Any thread may call it; it must not log.
class LogCopy {
 public:
  virtual ~LogCopy() = default;
  virtual void take(const LogRecord& record) = 0;
};
/// Of all further lines; null = nobody takes one.
void set_log_copy(std::shared_ptr<LogCopy> copy);

/// Leads standard output and standard error of this process into its error log, as far as that is none of them.
void capture_output();

/// Opens `path` (`-` = standard error) with the rights of this process as its error log. On failure the
/// former log stays.
Result<void> open_log(const std::string& path, LogLevel level);

/// Opens the same path anew (after rotation). On failure the old file is kept; that it is the same file is no
/// failure.
Result<void> reopen_log();

/// "debug", "info", ...: as the setting `loglevel` has it.
std::string_view word_for(LogLevel level);

/// Lines below `level` are not written from now on.
void set_log_level(LogLevel level);

/// Hears the lines of this process instead of its error log, as a test does. Any thread may call it.
class LogListener {
 public:
  virtual void on_line(LogLevel level, std::string_view message) = 0;
  [[nodiscard]] virtual LogLevel least() const = 0;

 protected:
  ~LogListener() = default;
};

/// Gives all further lines to `listener`; null = to the error log. Returns the former one.
LogListener* set_log_listener(LogListener* listener);

/// The sentence for an error log that cannot be opened.
std::string log_failed(const std::string& path, const std::string& reason);

/// True when a line of this level would be written.
bool log_enabled(LogLevel level);

/// Writes one line; control bytes in `message` are escaped, so peers cannot forge lines.
[[gnu::cold]] void log_line(LogLevel level, std::string_view message);

template <class... Args>
void log_at(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(level)) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kDebug, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kInfo, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kWarning, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kError, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_critical(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kCritical, format, std::forward<Args>(args)...);
}

}  // namespace orrery::base
