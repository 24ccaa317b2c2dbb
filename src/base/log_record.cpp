#include "base/log_record.hpp"

#include <ctime>
#include <fmt/core.h>

#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/syslog_line.hpp"

namespace orrery::base {

std::string timestamp(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::floor<std::chrono::milliseconds>(since - seconds).count();
  const std::time_t whole = seconds.count();
  std::tm utc{};
  ::gmtime_r(&whole, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, rest);
}

std::string json_line(const LogRecord& record) {
  const std::string worker = record.worker == 0 ? "" : fmt::format(",\"worker\":{}", record.worker);
  return fmt::format("{{\"time\":\"{}\",\"level\":\"{}\",\"pid\":{},\"role\":{}{},\"message\":{}}}\n",
                     timestamp(record.time), word_for(record.level), record.pid, json_text(record.role), worker,
                     json_text(record.message));
}

std::string journal_entry(const LogRecord& record, std::string_view identifier) {
  const std::string worker = record.worker == 0 ? "" : fmt::format("ORRERY_WORKER={}\n", record.worker);
  return fmt::format("PRIORITY={}\nSYSLOG_IDENTIFIER={}\nORRERY_ROLE={}\n{}MESSAGE={}\n", syslog_severity(record.level),
                     identifier, record.role, worker, record.message);
}

}  // namespace orrery::base
