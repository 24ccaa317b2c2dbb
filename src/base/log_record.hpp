// LogRecord: what a line of the error log says, and the two forms of it that have fields: JSON, and an entry of
// systemd's journal. The form for people is spdlog's, in log.cpp.
//
// Pure. Its message has no control bytes any more (log_line() escapes them); bytes that are no UTF-8 may be in it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "orrery/config.hpp"

namespace orrery::base {

struct LogRecord {
  std::chrono::system_clock::time_point time;
  LogLevel level = LogLevel::kInfo;
  int pid = 0;
  std::string_view role;  ///< of the process: "master", "worker", ...
  unsigned worker = 0;    ///< its number; 0 = it is none
  std::string_view message;
};

/// RFC 3339, in UTC, to the millisecond.
std::string timestamp(std::chrono::system_clock::time_point time);

/// `{"time":"2026-08-22T10:00:00.123Z","level":"info","pid":7,"role":"worker","worker":3,"message":"…"}` and a newline;
/// `worker` only where it is one.
std::string json_line(const LogRecord& record);

/// The native form of systemd's journal: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, ORRERY_ROLE and ORRERY_WORKER. The time
/// and the sender are the journal's to say.
std::string journal_entry(const LogRecord& record, std::string_view identifier);

}  // namespace orrery::base
