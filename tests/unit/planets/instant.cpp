#include "planets/instant.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

using namespace std::chrono_literals;

Instant from_seconds(std::int64_t seconds) {
  return Instant::from_unix(Instant::UnixTime{std::chrono::seconds{seconds}});
}

bool is_time(CivilTime time) { return Instant::from_civil(time).has_value(); }

}  // namespace

TEST_CASE("unix time becomes a day and the seconds in it", "[planets]") {
  CHECK(from_seconds(0).day() == 0);
  CHECK(from_seconds(0).second_of_day() == 0);
  CHECK(from_seconds(-1).day() == -1);
  CHECK(from_seconds(-1).second_of_day() == 86399);
  const Instant late = Instant::from_unix(Instant::UnixTime{86400s * 20000 - 1ns});
  CHECK(late.day() == 19999);
  CHECK(late.second_of_day() < 86400);
  CHECK(late.second_of_day() == Approx(86399.999999999).epsilon(1e-15));
}

TEST_CASE("civil and unix time name the same instant", "[planets]") {
  const Instant civil = Instant::from_civil({2026, 11, 22, 8, 0, 41.5}).value();
  const Instant unix_time = Instant::from_unix(Instant::UnixTime{1795334441s + 500ms});
  CHECK(civil.day() == unix_time.day());
  CHECK(civil.second_of_day() == unix_time.second_of_day());
}

TEST_CASE("every millisecond is one instant, whoever names it", "[planets]") {
  const Instant::UnixTime midnight{86400s * 20781};
  for (int millis = 3; millis < 86'400'000; millis += 10'007) {
    const Instant unix_time = Instant::from_unix(midnight + std::chrono::milliseconds{millis});
    const CivilTime time{
        2026, 11, 24, millis / 3'600'000, millis / 60'000 % 60, static_cast<double>(millis % 60'000) / 1000};
    const Instant civil = Instant::from_civil(time).value();
    INFO(millis);
    REQUIRE(civil.day() == unix_time.day());
    REQUIRE(civil.second_of_day() == unix_time.second_of_day());
  }
}

TEST_CASE("the end of a day is no part of the next", "[planets]") {
  const Instant last = Instant::from_civil({2026, 11, 24, 23, 59, std::nextafter(60.0, 0)}).value();
  CHECK(last.second_of_day() < 86400);
  CHECK(last.second_of_day() > 86399.9);
}

TEST_CASE("an instant gives its fields back", "[planets]") {
  for (const CivilTime& time : {CivilTime{1850, 1, 1, 0, 0, 0}, CivilTime{2000, 2, 29, 23, 59, 59.25},
                                CivilTime{2016, 12, 31, 23, 59, 60.5}, CivilTime{2149, 12, 31, 23, 0, 1}}) {
    const CivilTime back = Instant::from_civil(time).value().civil();
    CHECK(back.year == time.year);
    CHECK(back.month == time.month);
    CHECK(back.day == time.day);
    CHECK(back.hour == time.hour);
    CHECK(back.minute == time.minute);
    CHECK(back.second == time.second);
  }
}

TEST_CASE("a leap second is a time only where one was put in", "[planets]") {
  CHECK(is_time({2016, 12, 31, 23, 59, 60}));
  CHECK(is_time({2016, 12, 31, 23, 59, 60.999}));
  CHECK_FALSE(is_time({2016, 12, 31, 23, 59, 61}));
  CHECK(is_time({1972, 6, 30, 23, 59, 60}));
  CHECK_FALSE(is_time({1971, 12, 31, 23, 59, 60}));
  CHECK_FALSE(is_time({2016, 12, 31, 22, 59, 60}));
  CHECK_FALSE(is_time({2016, 12, 30, 23, 59, 60}));
  CHECK_FALSE(is_time({2026, 11, 22, 23, 59, 60}));
}

TEST_CASE("what the calendar or the clock does not have is no time", "[planets]") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(is_time({2026, 2, 29, 0, 0, 0}));
  CHECK_FALSE(is_time({1900, 2, 29, 0, 0, 0}));
  CHECK(is_time({2000, 2, 29, 0, 0, 0}));
  CHECK_FALSE(is_time({2026, 0, 1, 0, 0, 0}));
  CHECK_FALSE(is_time({2026, 13, 1, 0, 0, 0}));
  CHECK_FALSE(is_time({2026, 257, 1, 0, 0, 0}));
  CHECK_FALSE(is_time({2026, 1, 0, 0, 0, 0}));
  CHECK_FALSE(is_time({2026, 1, 257, 0, 0, 0}));
  CHECK_FALSE(is_time({65536 + 2026, 1, 1, 0, 0, 0}));
  CHECK_FALSE(is_time({2026, 1, 1, 24, 0, 0}));
  CHECK_FALSE(is_time({2026, 1, 1, -1, 0, 0}));
  CHECK_FALSE(is_time({2026, 1, 1, 0, 60, 0}));
  CHECK_FALSE(is_time({2026, 1, 1, 0, 0, -0.5}));
  CHECK_FALSE(is_time({2026, 1, 1, 0, 0, kNan}));
}

TEST_CASE("the range is the civil years 1850 to 2149", "[planets]") {
  CHECK_FALSE(in_range(Instant::from_civil({1849, 12, 31, 23, 59, 59.999}).value()));
  CHECK(in_range(Instant::from_civil({1850, 1, 1, 0, 0, 0}).value()));
  CHECK(in_range(Instant::from_civil({2149, 12, 31, 23, 59, 59.999}).value()));
  CHECK_FALSE(in_range(Instant::from_civil({2150, 1, 1, 0, 0, 0}).value()));
  CHECK_FALSE(in_range(Instant::from_unix(Instant::UnixTime::min())));
  CHECK_FALSE(in_range(Instant::from_unix(Instant::UnixTime::max())));
}

TEST_CASE("elapsed time counts leap seconds", "[planets]") {
  const Instant before = utc(2016, 12, 31, 23, 59, 58.5);
  CHECK(before.later(Seconds{1}).second_of_day() == 86399.5);
  CHECK(before.later(Seconds{2}).second_of_day() == 86400.5);
  CHECK(before.later(Seconds{2}).day() == before.day());
  CHECK(before.later(Seconds{3}).day() == before.day() + 1);
  CHECK(before.later(Seconds{3}).second_of_day() == 0.5);
  CHECK(before.later(Seconds{3}).later(Seconds{-3}).second_of_day() == before.second_of_day());
  CHECK((utc(2017, 1, 1) - before).count() == 2.5);
  CHECK((utc(1972, 1, 1) - utc(1971, 12, 31)).count() == 86400);
}

TEST_CASE("a later instant is as far away as asked for", "[planets]") {
  const Instant from = utc(1999, 12, 31, 13, 7, 0.25);
  for (double by : {0.0, 1e-3, 59.0, 86399.0, 86400.0, 86401.0, 1e6, 4e9, -1.0, -86400.0, -4e9}) {
    INFO(by);
    const Instant there = from.later(Seconds{by});
    CHECK((there - from).count() == Approx(by).margin(1e-6));
    CHECK(there.second_of_day() >= 0);
    CHECK(there.second_of_day() < 86401);
  }
}

TEST_CASE("what no calendar holds leads to its ends, and can still be written", "[planets]") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Instant from = utc(2026, 11, 26, 12);
  for (const double by :
       {std::nan(""), -std::nan(""), kInfinity, -kInfinity, 1e18, -1e18, 1e300, -1e300, 3e11, -3e11}) {
    INFO(by);
    const Instant there = from.later(Seconds{by});
    CHECK_FALSE(in_range(there));
    CHECK(there.civil().year == (by < 0 ? 1 : 9999));
    CHECK((there.second_of_day() >= 0 && there.second_of_day() < 86401));
    CHECK_FALSE(in_range(there.later(Seconds{by})));
    CHECK_FALSE(in_range(there.rounded()));
  }
}

TEST_CASE("instants have an order", "[planets]") {
  CHECK(utc(2026, 11, 26, 12) < utc(2026, 11, 26, 12, 0, 0.001));
  CHECK(utc(2026, 11, 26, 23, 59, 59) < utc(2026, 11, 27));
  CHECK(utc(2016, 12, 31, 23, 59, 60.5) < utc(2017, 1, 1));
  CHECK(end_of_range().civil().year == 2150);
  CHECK_FALSE(in_range(end_of_range()));
  CHECK(in_range(end_of_range().later(Seconds{-1e-6})));
}

TEST_CASE("rounding carries into the next minute, day and leap second", "[planets]") {
  CHECK(utc(2026, 12, 31, 23, 59, 59.6).rounded().civil().year == 2027);
  CHECK(utc(2026, 1, 1, 0, 0, 0.4).rounded().second_of_day() == 0);
  CHECK(utc(2016, 12, 31, 23, 59, 59.5).rounded().second_of_day() == 86400);
}

}  // namespace orrery::planets
