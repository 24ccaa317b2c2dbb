#include "http/date_line.hpp"

#include <catch2/catch.hpp>

#include "unit/http/date_at.hpp"

namespace orrery::http {
namespace {

using namespace std::chrono;

TEST_CASE("The Date line is right over the edges of day, month and year") {
  struct Row {
    const char* name;
    std::int64_t second;
    const char* line;
  };
  const Row rows[] = {
      {"the RFC's example", 784111777, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"},
      {"the epoch", 0, "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"},
      {"end of a day", 86399, "Date: Thu, 01 Jan 1970 23:59:59 GMT\r\n"},
      {"end of a year", 1798761599, "Date: Thu, 31 Dec 2026 23:59:59 GMT\r\n"},
      {"beginning of a year", 1798761600, "Date: Fri, 01 Jan 2027 00:00:00 GMT\r\n"},
      {"leap day", 1709164800, "Date: Thu, 29 Feb 2024 00:00:00 GMT\r\n"},
      {"behind a leap day", 1709251200, "Date: Fri, 01 Mar 2024 00:00:00 GMT\r\n"},
      {"no leap day in 2100", 4107542400, "Date: Mon, 01 Mar 2100 00:00:00 GMT\r\n"},
      {"leap day of 2000", 951782400, "Date: Tue, 29 Feb 2000 00:00:00 GMT\r\n"},
      {"a Saturday in May", 1747440000, "Date: Sat, 17 May 2025 00:00:00 GMT\r\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(date_at(row.second).view() == row.line);
  }
}

TEST_CASE("The Date line follows the clock, also backwards, and ignores fractions") {
  DateLine line;
  line.update(base::WallTime{milliseconds{1999}});
  CHECK(line.view() == "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n");
  line.update(base::WallTime{seconds{2}});
  CHECK(line.view() == "Date: Thu, 01 Jan 1970 00:00:02 GMT\r\n");
  line.update(base::WallTime{seconds{1}});
  CHECK(line.view() == "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n");
}

}  // namespace
}  // namespace orrery::http
