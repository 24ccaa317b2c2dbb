#include "ctl/phrases.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <limits>

namespace orrery::ctl {

TEST_CASE("phrases: durations, sizes and counts are as short as they can be read") {
  CHECK(duration(std::nullopt) == "-");
  CHECK(duration(std::numeric_limits<double>::quiet_NaN()) == "-");
  CHECK(duration(-3) == "0.00 s");
  CHECK(duration(0.254) == "0.25 s");
  CHECK(duration(9.99) == "9.99 s");
  CHECK(duration(9.999) == "10 s");
  CHECK(duration(59.4) == "59 s");
  CHECK(duration(59.6) == "1 min");
  CHECK(duration(185) == "3 min 5 s");
  CHECK(duration(7800) == "2 h 10 min");
  CHECK(duration(3 * 86400 + 4 * 3600 + 59) == "3 d 4 h");
  CHECK(size(std::nullopt) == "-");
  CHECK(size(0) == "0 B");
  CHECK(size(1023) == "1023 B");
  CHECK(size(1024) == "1.0 KiB");
  CHECK(size(1024 * 1024 - 1) == "1.0 MiB");
  CHECK(size(std::int64_t{4} << 30) == "4.0 GiB");
  CHECK(size(std::int64_t{1} << 62) == "4194304.0 TiB");
  CHECK(short_count(0) == "0");
  CHECK(short_count(0.5) == "0.5");
  CHECK(short_count(950) == "950");
  CHECK(short_count(12345) == "12.3 k");
  CHECK(short_count(4e6) == "4.0 M");
}

TEST_CASE("phrases: a moment is told in the zone of the process") {
  ::setenv("TZ", "UTC0", 1);
  ::tzset();
  CHECK(moment(0) == "-");
  CHECK(moment(1'700'000'000.9) == "2023-11-14 22:13:20");
}

TEST_CASE("phrases: nothing of others reaches the terminal as an order, and characters are cut whole") {
  CHECK(printable("GET /\x1b[2J\x07\r\n\x7f") == "GET /?[2J????");
  CHECK(printable("h\xc3\xa9\xc2\x9b\xff") == "h\xc3\xa9??");
  CHECK(columns_of("h\xc3\xa9llo") == 5);
  CHECK(cut("hello", 5) == "hello");
  CHECK(cut("hello", 4) == "hel…");
  CHECK(cut("\xc3\xa9\xc3\xa9\xc3\xa9", 2) == "\xc3\xa9…");
  CHECK(cut("hello", 0).empty());
}

}  // namespace orrery::ctl
