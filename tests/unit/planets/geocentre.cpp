// The sky from the Earth's centre, against what is known of it without a table.
#include "planets/geocentre.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

const EarthRotation kRotation;

}  // namespace

TEST_CASE("geocentre: the Sun's longitude is nought at the equinox and a quarter of the circle at the solstice",
          "[planets]") {
  CHECK(Geocentre{kRotation, utc(2025, 3, 20, 9, 1, 25)}.longitude(Body::kSun, 0) == Approx(0).margin(0.001));
  CHECK(Geocentre{kRotation, utc(2025, 6, 21, 2, 42, 15)}.longitude(Body::kSun, 0) == Approx(90).margin(0.001));
}

TEST_CASE("geocentre: seconds lead from its instant on", "[planets]") {
  const Geocentre one{kRotation, utc(2026, 3, 1)};
  const Geocentre other{kRotation, utc(2026, 3, 2)};
  CHECK(one.time(86400) == other.time(0));
  CHECK(one.right_ascension(Body::kMoon, 86400) == other.right_ascension(Body::kMoon, 0));
  CHECK(one.distance(Body::kMars, 86400) == other.distance(Body::kMars, 0));
}

TEST_CASE("geocentre: it is the Earth's centre, not a place on its ground", "[planets]") {
  const Instant instant = utc(2026, 8, 12, 17, 45);
  const Geocentre centre{kRotation, instant};
  // From centre to centre as far as it is without light time, but for the way of the Moon in 1.3 seconds.
  const Vector there = Sky{instant, Observer{{0}, {51}, {0}}}.true_position(Body::kMoon).from_earth;
  CHECK(centre.distance(Body::kMoon, 0) == Approx(length(there)).epsilon(1e-3));
  const double radii = length(centre.place(Body::kMoon, 0));
  CHECK((radii > 55 && radii < 65));
  CHECK(length(centre.place(Body::kSun, 0)) == Approx(23455).epsilon(0.02));
}

TEST_CASE("geocentre: the angle between two bodies is that of their directions", "[planets]") {
  const Geocentre centre{kRotation, utc(2020, 12, 21, 18)};
  const SkyPosition a = centre.position(Body::kJupiter, 0);
  const SkyPosition b = centre.position(Body::kSaturn, 0);
  CHECK(centre.separation(Body::kJupiter, Body::kSaturn, 0) * 3600 ==
        Approx(equatorial_separation(a, b)).epsilon(1e-6));
  CHECK(centre.separation(Body::kMars, Body::kMars, 0) == Approx(0).margin(1e-6));
}

TEST_CASE("geocentre: outside of the table nothing is a number", "[planets]") {
  CHECK(std::isnan(Geocentre{kRotation, utc(1700, 1, 1)}.longitude(Body::kMoon, 0)));
}

}  // namespace orrery::planets
