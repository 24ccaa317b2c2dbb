#include "planets/appearance.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

const Observer kLondon{{0}, {51.5}, {0}};

Appearance seen(Body body, Instant instant) { return appearance(body, Sky(instant, kLondon).geometry(body), instant); }

}  // namespace

TEST_CASE("a body between us and the Sun is dark, one across from it full", "[planets]") {
  const Instant now = utc(2026, 1, 1);
  const Appearance dark = appearance(Body::kMoon, {{1, 0, 0}, {-1, 0, 0}}, now);
  CHECK(dark.phase_angle.value == Approx(180));
  CHECK(dark.illuminated == Approx(0).margin(1e-12));
  const Appearance half = appearance(Body::kMoon, {{1, 0, 0}, {0, 2, 0}}, now);
  CHECK(half.phase_angle.value == Approx(90));
  CHECK(half.illuminated == Approx(0.5));
  const Appearance full = appearance(Body::kMoon, {{1, 0, 0}, {2, 0, 0}}, now);
  CHECK(full.phase_angle.value == Approx(0).margin(1e-12));
  CHECK(full.illuminated == 1);
}

TEST_CASE("the lit edge is where a worked example has it", "[planets]") {
  // Meeus, Astronomical Algorithms, example 48.a: the Moon of 1992 April 12, 285.0 degrees.
  const auto at = [](double right_ascension, double declination) {
    SkyPosition position{};
    position.right_ascension = {right_ascension};
    position.declination = {declination};
    return position;
  };
  CHECK(position_angle(at(134.6885, 13.7684), at(20.6579, 8.6964)).value == Approx(285.0).margin(0.05));
  struct Row {
    const char* name;
    double right_ascension, declination, angle;
  };
  for (const Row& row : {Row{"north", 10, 1, 0}, Row{"east", 11, 0, 90}, Row{"south", 10, -1, 180},
                         Row{"west", 9, 0, 270}, Row{"over nought hours", -350 + 720, 5, 0}}) {
    INFO(row.name);
    const double angle = position_angle(at(10, 0), at(row.right_ascension, row.declination)).value;
    CHECK(std::remainder(angle - row.angle, 360) == Approx(0).margin(1e-9));
    CHECK(angle < 360);
  }
}

TEST_CASE("what almanacs print is what comes out", "[planets]") {
  // Full Moon of 2026-01-03 10:03 UT, near perigee; new Moon of 2026-08-12 17:37 UT, an eclipse.
  CHECK(seen(Body::kMoon, utc(2026, 1, 3, 10, 3)).illuminated > 0.995);
  CHECK(seen(Body::kMoon, utc(2026, 1, 3, 10, 3)).magnitude == Approx(-12.7).margin(0.2));
  CHECK(seen(Body::kMoon, utc(2026, 8, 12, 17, 37)).illuminated < 0.001);
  // Mars at its opposition of 2018-07-27: -2.8 and 24.3".
  CHECK(seen(Body::kMars, utc(2018, 7, 27)).magnitude == Approx(-2.78).margin(0.08));
  CHECK(seen(Body::kMars, utc(2018, 7, 31)).diameter == Approx(24.3).margin(0.1));
  // Venus' greatest brilliancy of 2020-04-28: -4.7.
  CHECK(seen(Body::kVenus, utc(2020, 4, 28)).magnitude == Approx(-4.7).margin(0.05));
  // Jupiter's opposition of 2022-09-26: -2.94, 49.9".
  CHECK(seen(Body::kJupiter, utc(2022, 9, 26)).magnitude == Approx(-2.94).margin(0.03));
  CHECK(seen(Body::kJupiter, utc(2022, 9, 26)).diameter == Approx(49.9).margin(0.1));
  // Saturn with its rings open (2017-06-15: 0.0) and on edge (2025-09-21: 0.6).
  CHECK(seen(Body::kSaturn, utc(2017, 6, 15)).magnitude == Approx(0.0).margin(0.1));
  CHECK(seen(Body::kSaturn, utc(2025, 9, 21)).magnitude == Approx(0.6).margin(0.1));
  CHECK(seen(Body::kUranus, utc(2026, 11, 25)).magnitude == Approx(5.6).margin(0.1));
  CHECK(seen(Body::kNeptune, utc(2026, 9, 26)).magnitude == Approx(7.7).margin(0.15));
  CHECK(seen(Body::kSun, utc(2026, 7, 6)).diameter == Approx(1887.5).margin(2));
}

TEST_CASE("brightness, phase and size are numbers at every time", "[planets]") {
  for (int year = 1850; year < 2150; year += 3) {
    for (Body body : kBodies) {
      const Appearance a = seen(body, utc(year, 5, 17, 3));
      INFO(name_of(body) << " in " << year << ": " << a.magnitude << " " << a.illuminated << " " << a.diameter);
      REQUIRE((a.magnitude > -27 && a.magnitude < 17));
      REQUIRE((a.illuminated >= 0 && a.illuminated <= 1));
      REQUIRE((a.diameter > 0.05 && a.diameter < 2100));
    }
  }
}

}  // namespace orrery::planets
