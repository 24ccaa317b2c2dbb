// SyslogLine: a line of a log as syslog takes it: RFC 3164 as syslog(3) writes it for the daemon of this machine, RFC
// 5424 for one that is reached over the network.
//
// Pure; any process, any thread. Sends nothing, and escapes nothing: no control byte is in a line of either log.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/config.hpp"

namespace orrery::base {

/// The number of a facility, as syslog(3) names it.
std::optional<int> syslog_facility(std::string_view word);
/// The severity of a level: 2 for critical to 7 for debug.
int syslog_severity(LogLevel level);
/// What may be a name in a line: bytes that may not are underscores, and what is too long is cut.
std::string syslog_name(std::string_view text);

/// What all lines of a process have in common.
struct SyslogTerms {
  int facility = 1;
  std::string name;  ///< of the program; see syslog_name()
  std::string host;  ///< of this machine
  bool over_network = false;
};

struct SyslogLine {
  std::chrono::system_clock::time_point time;
  int severity = 6;
  int pid = 0;
  std::string_view log;  ///< "error" or "access"
  std::string_view message;
};

/// One datagram. A message of more than 8 KiB is cut.
std::string syslog_datagram(const SyslogTerms& terms, const SyslogLine& line);

}  // namespace orrery::base
