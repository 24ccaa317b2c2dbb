#include "base/syslog_line.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <fmt/core.h>

#include "base/log_record.hpp"

namespace orrery::base {

namespace {

constexpr std::size_t kLongestMessage = 8192;
/// RFC 5424, 6: of APP-NAME.
constexpr std::size_t kLongestName = 48;

struct Facility {
  std::string_view word;
  int number;
};
constexpr std::array kFacilities{Facility{"kern", 0},    Facility{"user", 1},    Facility{"mail", 2},
                                 Facility{"daemon", 3},  Facility{"auth", 4},    Facility{"security", 4},
                                 Facility{"syslog", 5},  Facility{"lpr", 6},     Facility{"news", 7},
                                 Facility{"uucp", 8},    Facility{"cron", 9},    Facility{"authpriv", 10},
                                 Facility{"ftp", 11},    Facility{"local0", 16}, Facility{"local1", 17},
                                 Facility{"local2", 18}, Facility{"local3", 19}, Facility{"local4", 20},
                                 Facility{"local5", 21}, Facility{"local6", 22}, Facility{"local7", 23}};

/// Not within a character of UTF-8.
std::string_view cut(std::string_view message) {
  if (message.size() <= kLongestMessage) return message;
  std::size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xc0) == 0x80) --end;
  return message.substr(0, end);
}

/// "Nov  7 09:05:03", in the time of the machine; never in the words of a locale.
std::string local_time(std::chrono::system_clock::time_point time) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::time_t second = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  ::localtime_r(&second, &parts);
  return fmt::format("{} {:2} {:02}:{:02}:{:02}", kMonths.substr(static_cast<std::size_t>(parts.tm_mon) * 3, 3),
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

std::optional<int> syslog_facility(std::string_view word) {
  const auto* const found = std::ranges::find(kFacilities, word, &Facility::word);
  return found == kFacilities.end() ? std::nullopt : std::optional{found->number};
}

int syslog_severity(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return 7;
    case LogLevel::kInfo: return 6;
    case LogLevel::kWarning: return 4;
    case LogLevel::kError: return 3;
    case LogLevel::kCritical: return 2;
  }
  return 6;
}

std::string syslog_name(std::string_view text) {
  std::string name{text.substr(0, kLongestName)};
  std::ranges::replace_if(
      name, [](char c) { return c <= ' ' || c > '~' || c == ':' || c == '[' || c == ']'; }, '_');
  return name.empty() ? "orrery" : name;
}

std::string syslog_datagram(const SyslogTerms& terms, const SyslogLine& line) {
  const int priority = terms.facility * 8 + line.severity;
  const std::string_view message = cut(line.message);
  if (terms.over_network)
    return fmt::format("<{}>1 {} {} {} {} {} - {}", priority, timestamp(line.time), terms.host, terms.name, line.pid,
                       line.log, message);
  return fmt::format("<{}>{} {}.{}[{}]: {}", priority, local_time(line.time), terms.name, line.log, line.pid, message);
}

}  // namespace orrery::base
