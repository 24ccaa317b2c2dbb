#include "planets/sky.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "planets/reduction.hpp"
#include "planets/rfc3339.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

const Observer kGreenwich{{-0.0005}, {51.4769}, {0}};

// A stranger's place at a stranger's time, the same ones every run.
struct RandomCases {
  std::mt19937_64 engine{20261122};

  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine); }

  Instant instant() {
    const auto seconds = std::chrono::seconds{static_cast<std::int64_t>(between(-3.78e9, 5.68e9))};
    return Instant::from_unix(Instant::UnixTime{seconds});
  }

  Observer observer() { return {{between(-180, 180)}, {between(-90, 90)}, {between(-400, 9000)}}; }
};

double light_time_apart(const SkyPosition& a, const SkyPosition& b) {
  return std::abs((a.light_time - b.light_time).count());
}

bool within_circle(const SkyPosition& p) {
  const auto angle = [](Degrees d) { return d.value >= 0 && d.value < 360; };
  const auto elevation = [](Degrees d) { return d.value >= -90 && d.value <= 90; };
  return angle(p.azimuth) && angle(p.right_ascension) && elevation(p.altitude) && elevation(p.declination);
}

}  // namespace

TEST_CASE("every reference row is met within 0.01 arcsecond, given its orientation", "[planets]") {
  const auto rows = oracle_rows();
  REQUIRE(rows.size() == 210);
  for (const OracleRow& row : rows) {
    INFO(row.text);
    const SkyPosition got = Sky(row.instant, row.orientation, row.observer).position(row.body);
    CHECK(horizontal_separation(got, position_in(row)) < 0.01);
    CHECK(equatorial_separation(got, position_in(row)) < 0.01);
    CHECK(got.distance.value == Approx(row.distance).epsilon(2e-9).margin(0));
    CHECK(got.light_time.count() == Approx(row.distance * 499.00478384).epsilon(1e-8).margin(0));
  }
}

TEST_CASE("every reference row is met through our own tables of the Earth's rotation", "[planets]") {
  for (const OracleRow& row : oracle_rows()) {
    INFO(row.text);
    const SkyPosition got = Sky(row.instant, row.observer).position(row.body);
    CHECK(horizontal_separation(got, position_in(row)) < 0.5);
    CHECK(equatorial_separation(got, position_in(row)) < (row.body == Body::kMoon ? 0.3 : 0.05));
  }
}

TEST_CASE("a second of UT1 turns the sky by fifteen arcseconds", "[planets]") {
  const Instant instant = utc(2026, 11, 22, 12);
  const SkyPosition zero = Sky(instant, earth_orientation(instant, Seconds{0}), kGreenwich).position(Body::kSun);
  const SkyPosition one = Sky(instant, earth_orientation(instant, Seconds{1}), kGreenwich).position(Body::kSun);
  const double circle = std::cos(radians(zero.declination));
  CHECK(horizontal_separation(zero, one) == Approx(15.041 * circle).epsilon(0.001));
  CHECK(equatorial_separation(zero, one) < 0.001);
}

TEST_CASE("elongations are those of the almanacs", "[planets]") {
  struct Row {
    const char* name;
    const char* time;
    Body body;
    double degrees;
    double margin;
  };
  // Greatest elongations and oppositions as published for 2025 and 2026, to the digit in which they are published.
  for (const Row& row : {
           Row{"Mercury east", "2026-02-19T18:00:00Z", Body::kMercury, 18.1, 0.06},
           Row{"Mercury west", "2026-04-03T23:00:00Z", Body::kMercury, 27.8, 0.06},
           Row{"Venus east", "2026-08-15T06:00:00Z", Body::kVenus, 45.9, 0.06},
           Row{"Venus west", "2025-06-01T04:00:00Z", Body::kVenus, 45.9, 0.06},
           Row{"the total eclipse of 12 August 2026 in Burgos", "2026-08-12T18:29:30Z", Body::kMoon, 0, 0.03},
           Row{"the Sun itself", "2026-08-12T18:29:30Z", Body::kSun, 0, 0},
       }) {
    INFO(row.name);
    const Observer burgos{{-3.70}, {42.34}, {860}};
    const Sky sky{*parse_rfc3339(row.time), burgos};
    CHECK(std::abs(sky.elongation(row.body).value - row.degrees) <= row.margin);
  }
}

TEST_CASE("true positions are one triangle for every body and every observer", "[planets]") {
  RandomCases cases;
  for (int i = 0; i < 200; ++i) {
    const Instant instant = cases.instant();
    const Sky here{instant, cases.observer()}, there{instant, cases.observer()};
    const Vector sun = here.true_position(Body::kSun).from_earth;
    CHECK(length(here.true_position(Body::kSun).from_sun) == 0);
    for (const Body body : kBodies) {
      const TruePosition position = here.true_position(body);
      CHECK(length(position.from_earth - position.from_sun - sun) < 1e-13);
      CHECK(length(position.from_earth - there.true_position(body).from_earth) < 1e-13);
      // Light is late by its way times the body's speed, at most 50 km/s, and a place is an Earth's radius away.
      const double distance = here.position(body).distance.value;
      CHECK(std::abs(length(position.from_earth) - distance) < 3.5e-4 * distance + 4.4e-5);
    }
  }
  // Perihelion of 2026, as published: 0.98330 au.
  const Sky perihelion{*parse_rfc3339("2026-01-03T17:16:00Z"), kGreenwich};
  CHECK(length(perihelion.true_position(Body::kSun).from_earth) == Approx(0.98330).margin(5e-6));
}

TEST_CASE("at a pole a body stands as high as its declination", "[planets]") {
  const Instant instant = utc(2026, 6, 21, 3);
  for (Body body : kBodies) {
    INFO(name_of(body));
    for (double sign : {1.0, -1.0}) {
      const SkyPosition at_pole = Sky(instant, {{0}, {sign * 90}, {0}}).position(body);
      CHECK(at_pole.altitude.value == Approx(sign * at_pole.declination.value).epsilon(0).margin(1e-9));
      const SkyPosition turned = Sky(instant, {{30}, {sign * 90}, {0}}).position(body);
      const double change = std::remainder(turned.azimuth.value - at_pole.azimuth.value - sign * 30, 360);
      CHECK(std::abs(change) < 1e-8);
    }
  }
}

TEST_CASE("the date line is no seam", "[planets]") {
  const Instant instant = utc(2026, 3, 1, 23, 59, 59);
  for (Body body : kBodies) {
    INFO(name_of(body));
    const SkyPosition east = Sky(instant, {{180}, {-17}, {10}}).position(body);
    const SkyPosition west = Sky(instant, {{-180}, {-17}, {10}}).position(body);
    const SkyPosition across = Sky(instant, {{-179.9999999}, {-17}, {10}}).position(body);
    CHECK(horizontal_separation(east, west) < 1e-5);
    CHECK(horizontal_separation(east, across) < 1e-3);
  }
}

TEST_CASE("the range's first and last nanoseconds have positions", "[planets]") {
  for (Instant instant : {utc(1850, 1, 1), utc(2149, 12, 31, 23, 59, 59.999999)}) {
    REQUIRE(in_range(instant));
    for (Body body : kBodies) CHECK(all_finite(Sky(instant, kGreenwich).position(body)));
  }
}

TEST_CASE("the table goes thirty days beyond the range and ends in nothing", "[planets]") {
  for (Instant instant : {utc(1849, 12, 2), utc(2150, 1, 31)}) {
    CHECK_FALSE(in_range(instant));
    for (Body body : kBodies) CHECK(all_finite(Sky(instant, kGreenwich).position(body)));
  }
  for (Instant instant : {utc(1, 1, 1), utc(1849, 10, 30), utc(2150, 3, 10), utc(9999, 12, 31)})
    for (Body body : kBodies) CHECK(all_nan(Sky(instant, kGreenwich).position(body)));
}

TEST_CASE("nonsense is answered by what is no number", "[planets]") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Instant now = utc(2026, 11, 22);
  for (double bad : {kNan, kInfinity, -kInfinity}) {
    CHECK(all_nan(Sky(now, {{bad}, {0}, {0}}).position(Body::kMars)));
    CHECK(all_nan(Sky(now, {{0}, {bad}, {0}}).position(Body::kMars)));
    CHECK(all_nan(Sky(now, {{0}, {0}, {bad}}).position(Body::kMars)));
    CHECK(all_nan(Sky(now, {Seconds{bad}, Seconds{0}}, kGreenwich).position(Body::kMars)));
    CHECK(all_nan(Sky(now, {Seconds{69}, Seconds{bad}}, kGreenwich).position(Body::kMars)));
  }
  CHECK(all_nan(Sky(now, {{0}, {90.001}, {0}}).position(Body::kMars)));
  CHECK(all_nan(Sky(now, kGreenwich).position(static_cast<Body>(kBodyCount))));
}

TEST_CASE("every body of a random sky is somewhere", "[planets]") {
  RandomCases random;
  for (int i = 0; i < 20000; ++i) {
    const Sky sky(random.instant(), random.observer());
    for (Body body : kBodies) {
      const SkyPosition position = sky.position(body);
      if (!all_finite(position) || !within_circle(position)) FAIL(name_of(body) << " is nowhere, case " << i);
    }
  }
  SUCCEED();
}

TEST_CASE("any unix time at all is in the table or nowhere", "[planets]") {
  RandomCases random;
  int found = 0;
  for (int i = 0; i < 20000; ++i) {
    const auto time = Instant::UnixTime{std::chrono::nanoseconds{static_cast<std::int64_t>(random.engine())}};
    const Instant instant = Instant::from_unix(time);
    const SkyPosition position = Sky(instant, random.observer()).position(Body::kMoon);
    if (in_range(instant) ? !all_finite(position) : !all_finite(position) && !all_nan(position)) FAIL("case " << i);
    found += all_finite(position);
  }
  CHECK(found > 20000 / 3);
  CHECK(found < 20000 * 2 / 3);
}

TEST_CASE("motion is smooth over the seams of the table", "[planets]") {
  constexpr double kStep = 1;  // second
  for (std::int32_t record : {1, 700, 1006, 1400, kRecordCount - 1}) {
    const auto seam = std::chrono::sys_days{std::chrono::days{kFirstDay + record * kRecordDays}};
    const EarthOrientation ut1_is_tt{};
    const auto at = [&](double seconds, Body body) {
      const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds{seconds});
      return Sky(Instant::from_unix(seam + since), ut1_is_tt, kGreenwich).position(body);
    };
    for (Body body : kBodies) {
      INFO(name_of(body) << " at record " << record);
      const double before = equatorial_separation(at(-2 * kStep, body), at(-kStep, body));
      const double across = equatorial_separation(at(-kStep / 2, body), at(kStep / 2, body));
      CHECK(across == Approx(before).epsilon(0).margin(0.005));
      CHECK(light_time_apart(at(-1e-6, body), at(1e-6, body)) < 1e-5);
    }
  }
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

namespace {

__attribute__((target("arch=x86-64-v3"), flatten)) SkyPosition by_avx2(const TablePlace& place, DayTime ut1,
                                                                       const Observer& observer, Body body) {
  return reduction::position_of(reduction::moment_at(place, ut1, observer), body);
}

__attribute__((flatten)) SkyPosition by_baseline(const TablePlace& place, DayTime ut1, const Observer& observer,
                                                 Body body) {
  return reduction::position_of(reduction::moment_at(place, ut1, observer), body);
}

}  // namespace

TEST_CASE("the AVX2 and the baseline reduction agree to 1e-7 degree", "[planets]") {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) {
    WARN("this processor has no x86-64-v3: not compared");
    return;
  }
  RandomCases random;
  for (int i = 0; i < 5000; ++i) {
    const Instant instant = random.instant();
    const Observer observer = random.observer();
    const EarthOrientation orientation = earth_orientation(instant);
    const TablePlace place = place_of(terrestrial_time(instant, orientation)).value();
    const DayTime ut1 = universal_time(instant, orientation);
    for (Body body : kBodies) {
      const SkyPosition fast = by_avx2(place, ut1, observer, body);
      const SkyPosition plain = by_baseline(place, ut1, observer, body);
      const SkyPosition served = Sky(instant, orientation, observer).position(body);
      const double apart = std::max({horizontal_separation(fast, plain), equatorial_separation(fast, plain),
                                     horizontal_separation(fast, served), equatorial_separation(fast, served)});
      if (!(apart < 1e-7 * 3600)) FAIL(name_of(body) << " differs by " << apart << " arcseconds, case " << i);
    }
  }
  SUCCEED();
}

#endif

}  // namespace orrery::planets
