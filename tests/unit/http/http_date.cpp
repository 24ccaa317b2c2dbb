#include "orrery/http_date.hpp"

#include <catch2/catch.hpp>

namespace orrery {
namespace {

constexpr HttpTime at(std::int64_t seconds) { return HttpTime{std::chrono::seconds{seconds}}; }
constexpr HttpTime kNow = at(1'795'600'000);  // in November 2026

}  // namespace

TEST_CASE("http date: written as RFC 9110 has it") {
  CHECK(http_date(at(784111777)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(at(0)) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(http_date(at(951782400)) == "Tue, 29 Feb 2000 00:00:00 GMT");
  CHECK(http_date(at(253402300799)) == "Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK(http_date(at(-1)) == "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST_CASE("http date: the three forms are read") {
  struct Row {
    const char* text;
    std::int64_t seconds;
  };
  const Row row =
      GENERATE(Row{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777}, Row{"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
               Row{"Sun Nov  6 08:49:37 1994", 784111777}, Row{"Wed Nov 16 08:49:37 1994", 784975777},
               Row{"Sunday, 06-Nov-50 00:00:00 GMT", 2551305600}, Row{"Tuesday, 01-Jan-80 00:00:00 GMT", 315532800},
               Row{"Tue, 29 Feb 2000 00:00:00 GMT", 951782400}, Row{"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800});
  INFO(row.text);
  CHECK(read_http_date(row.text, kNow) == at(row.seconds));
}

TEST_CASE("http date: what is written is read again") {
  for (std::int64_t seconds = 0; seconds < 4'000'000'000; seconds += 86'399 * 7 + 61) {
    CAPTURE(seconds);
    REQUIRE(read_http_date(http_date(at(seconds)), kNow) == at(seconds));
  }
}

TEST_CASE("http date: other text is none") {
  const char* text = GENERATE(
      "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
      " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
      "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
      "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
      "Sun, 06 ovD 1994 08:49:37 GMT", "unM, 06 Nov 1994 08:49:37 GMT", "Sund, 06-Nov-94 08:49:37 GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 94",
      "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", "784111777", "Sun, -6 Nov 1994 08:49:37 GMT");
  INFO(text);
  CHECK_FALSE(read_http_date(text, kNow));
}

}  // namespace orrery
