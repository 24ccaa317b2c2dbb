#include "planets/time_scales.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

// Seconds of TT from the first of two instants to the second.
double elapsed(Instant from, Instant to) {
  const DayTime a = terrestrial_time(from, earth_orientation(from));
  const DayTime b = terrestrial_time(to, earth_orientation(to));
  return ((b.day - a.day) + (b.fraction - a.fraction)) * 86400;
}

}  // namespace

TEST_CASE("TT - UTC steps with the leap seconds", "[planets]") {
  CHECK(tt_minus_utc(utc(1972, 1, 1)).count() == Approx(42.184));
  CHECK(tt_minus_utc(utc(1972, 6, 30, 23, 59, 60.5)).count() == Approx(42.184));
  CHECK(tt_minus_utc(utc(1972, 7, 1)).count() == Approx(43.184));
  CHECK(tt_minus_utc(utc(1999, 1, 1)).count() == Approx(64.184));
  CHECK(tt_minus_utc(utc(2016, 12, 31, 23, 59, 60)).count() == Approx(68.184));
  CHECK(tt_minus_utc(utc(2017, 1, 1)).count() == Approx(69.184));
  CHECK(tt_minus_utc(utc(2149, 12, 31)).count() == Approx(69.184));
}

TEST_CASE("a leap second lasts as long as any other", "[planets]") {
  const Instant before = utc(2016, 12, 31, 23, 59, 59);
  const Instant leap = utc(2016, 12, 31, 23, 59, 60);
  const Instant after = utc(2017, 1, 1);
  CHECK(elapsed(before, leap) == Approx(1).epsilon(0).margin(1e-6));
  CHECK(elapsed(leap, after) == Approx(1).epsilon(0).margin(1e-6));
  CHECK(elapsed(utc(2016, 12, 31), after) == Approx(86401).epsilon(0).margin(1e-6));
  CHECK(elapsed(utc(2026, 6, 30), utc(2026, 7, 1)) == Approx(86400).epsilon(0).margin(1e-6));
}

TEST_CASE("UT1 runs on over a leap second", "[planets]") {
  const Instant leap = utc(2016, 12, 31, 23, 59, 60.999);
  const Instant after = utc(2017, 1, 1);
  const DayTime a = universal_time(leap, earth_orientation(leap));
  const DayTime b = universal_time(after, earth_orientation(after));
  CHECK(((b.day - a.day) + (b.fraction - a.fraction)) * 86400 == Approx(0.001).margin(1e-5));
  CHECK(earth_orientation(after).ut1_minus_utc.count() - earth_orientation(leap).ut1_minus_utc.count() ==
        Approx(1).margin(1e-4));
}

TEST_CASE("27 leap seconds were put in by 2026", "[planets]") {
  int leaps = 0;
  for (std::int32_t day = -43829; day < 65744; ++day) leaps += ends_with_leap_second(day);
  CHECK(leaps == 27);
}

TEST_CASE("before 1972 UTC is UT1", "[planets]") {
  for (Instant instant : {utc(1850, 1, 1), utc(1900, 1, 1), utc(1971, 12, 31, 23, 59, 59)}) {
    const EarthOrientation orientation = earth_orientation(instant);
    CHECK(orientation.ut1_minus_utc.count() == 0);
    CHECK(tt_minus_utc(instant) == orientation.tt_minus_ut1);
    CHECK(earth_orientation(instant, Seconds{0.7}).ut1_minus_utc.count() == 0);
  }
  CHECK(earth_orientation(utc(1900, 1, 1)).tt_minus_ut1.count() == Approx(-2).margin(1));
}

TEST_CASE("1972 begins without a jump of the sky", "[planets]") {
  const EarthOrientation before = earth_orientation(utc(1971, 12, 31, 23, 59, 59.999));
  const EarthOrientation after = earth_orientation(utc(1972, 1, 1));
  CHECK(before.tt_minus_ut1.count() == Approx(after.tt_minus_ut1.count()).margin(1e-5));
  CHECK(earth_orientation(utc(1972, 1, 1), Seconds{0.3}).ut1_minus_utc.count() == 0.3);
  CHECK(after.ut1_minus_utc.count() == Approx(-0.047).margin(0.02));  // IERS: -0.0469
}

TEST_CASE("UT1 - UTC is the IERS's from 1973 to 2021", "[planets]") {
  for (const OracleRow& row : oracle_rows()) {
    INFO(row.text);
    const EarthOrientation got = earth_orientation(row.instant);
    CHECK(got.ut1_minus_utc.count() == Approx(row.orientation.ut1_minus_utc.count()).margin(0.01));
    CHECK(got.tt_minus_ut1.count() == Approx(row.orientation.tt_minus_ut1.count()).margin(0.02));
  }
}

TEST_CASE("UT1 - UTC stays within 0.9 s of zero while there is UTC", "[planets]") {
  for (std::int64_t day = 730; day < 18993; ++day) {
    const Instant noon = Instant::from_unix(Instant::UnixTime{std::chrono::hours{24 * day + 12}});
    const double difference = earth_orientation(noon).ut1_minus_utc.count();
    if (!(std::abs(difference) < 0.9)) FAIL("day " << day << ": " << difference);
  }
  SUCCEED();
}

TEST_CASE("UT1 is UTC from 2022, until somebody knows better", "[planets]") {
  const Instant instant = utc(2022, 1, 1);
  CHECK(earth_orientation(instant).ut1_minus_utc.count() == 0);
  CHECK(earth_orientation(instant).tt_minus_ut1.count() == Approx(69.184));
  CHECK(earth_orientation(utc(2021, 12, 31)).ut1_minus_utc.count() == Approx(-0.11).margin(0.02));
  const EarthOrientation told = earth_orientation(instant, Seconds{0.1});
  CHECK(told.ut1_minus_utc.count() == 0.1);
  CHECK(told.tt_minus_ut1.count() == Approx(69.084));
}

TEST_CASE("shifting past midnight moves to the next or the last day", "[planets]") {
  const DayTime next = terrestrial_time(utc(2026, 1, 1, 23, 59, 0), {Seconds{69.184}, Seconds{0}});
  CHECK(next.day == utc(2026, 1, 2).day());
  CHECK(next.fraction * 86400 == Approx(9.184).margin(1e-6));
  const DayTime last = universal_time(utc(2026, 1, 1), {Seconds{69.184}, Seconds{-0.25}});
  CHECK(last.day == utc(2025, 12, 31).day());
  CHECK(last.fraction * 86400 == Approx(86399.75).epsilon(0).margin(1e-6));
}

TEST_CASE("a shift that is no shift gives a fraction that is no number", "[planets]") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (double bad : {kNan, 1e300, -1e300, std::numeric_limits<double>::infinity()})
    CHECK(std::isnan(universal_time(utc(2026, 1, 1), {Seconds{69}, Seconds{bad}}).fraction));
}

}  // namespace orrery::planets
