#include "base/syslog_line.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>

namespace orrery::base {

namespace {

/// 2026-11-07 09:05:03.250 UTC.
constexpr std::chrono::system_clock::time_point kTime{std::chrono::milliseconds{1794042303250}};

}  // namespace

TEST_CASE("syslog line: as syslog(3) writes it, and as RFC 5424 has it") {
  const char* const before = std::getenv("TZ");
  const std::string zone = before ? before : "";
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  CHECK(syslog_datagram({3, "sky", "host", false}, {kTime, 6, 77, "error", "Booting worker 1"}) ==
        "<30>Nov  7 09:05:03 sky.error[77]: Booting worker 1");
  before ? ::setenv("TZ", zone.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
  CHECK(syslog_datagram({16, "sky", "host.example", true}, {kTime, 2, 77, "access", "GET /"}) ==
        "<130>1 2026-11-07T09:05:03.250Z host.example sky 77 access - GET /");
}

TEST_CASE("syslog line: a message that is too long is cut, and never within a character") {
  std::string message(8191, 'x');
  message += "\xc3\xa9";  // é
  const std::string datagram = syslog_datagram({1, "a", "b", true}, {kTime, 6, 1, "error", message});
  CHECK(datagram.ends_with(" - " + std::string(8191, 'x')));
}

TEST_CASE("syslog line: facilities by their names, and severities by level") {
  CHECK(syslog_facility("user") == 1);
  CHECK(syslog_facility("daemon") == 3);
  CHECK(syslog_facility("security") == syslog_facility("auth"));
  CHECK(syslog_facility("local7") == 23);
  for (const char* word : {"", "USER", "local8", "users"}) CHECK_FALSE(syslog_facility(word));
  CHECK(syslog_severity(LogLevel::kCritical) == 2);
  CHECK(syslog_severity(LogLevel::kDebug) == 7);
}

TEST_CASE("syslog line: a name has only what a name may have") {
  CHECK(syslog_name("orrery") == "orrery");
  CHECK(syslog_name("my service: [1]") == "my_service___1_");
  CHECK(syslog_name("") == "orrery");
  CHECK(syslog_name(std::string(90, 'n')).size() == 48);
}

}  // namespace orrery::base
