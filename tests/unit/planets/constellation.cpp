#include "planets/constellation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "planets/data/constellation_data.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

Vector direction(double hours, double declination) {
  const double a = radians({hours * 15});
  const double d = radians({declination});
  return {std::cos(d) * std::cos(a), std::cos(d) * std::sin(a), std::sin(d)};
}

}  // namespace

TEST_CASE("well-known stars stand in their constellations", "[planets]") {
  struct Star {
    const char* constellation;
    double hours, declination;  // J2000
  };
  for (const Star& star : {
           Star{"UMi", 2.5303, 89.2641},    // Polaris
           Star{"CMa", 6.7525, -16.7161},   // Sirius
           Star{"Lyr", 18.6156, 38.7837},   // Vega
           Star{"Tau", 3.7913, 24.1051},    // Alcyone
           Star{"Ori", 5.9195, 7.4071},     // Betelgeuse
           Star{"Sco", 16.4901, -26.4320},  // Antares
           Star{"Oct", 21.1463, -88.9564},  // Sigma Octantis
           Star{"Cru", 12.4433, -63.0991},  // Acrux
           Star{"And", 0.1398, 29.0904},    // Alpheratz, on the corner of Pegasus
           Star{"Ser", 15.7378, 6.4256},    // Unukalhai: the head
           Star{"Ser", 18.9370, 4.2036},    // Theta Serpentis: the tail
           Star{"Oph", 17.5823, 12.5600},   // between the two
       }) {
    INFO(star.constellation << " " << star.hours);
    CHECK(constellation_of(direction(star.hours, star.declination)) == star.constellation);
  }
}

TEST_CASE("at the edges of the table, for the equinox of 1875", "[planets]") {
  struct Row {
    const char* constellation;
    double hours, declination;
  };
  for (const Row& row : {Row{"Her", 18.1747, 39.0}, Row{"Lyr", 18.1753, 39.0}, Row{"Psc", 0.0, 0.0},
                         Row{"Oct", 12.0, -90.0}, Row{"UMi", 0.0, 90.0}}) {
    INFO(row.constellation << " " << row.hours);
    CHECK(constellation_of(unrotated(kEquatorOf1875, direction(row.hours, row.declination))) == row.constellation);
  }
}

TEST_CASE("the zones cover the whole sky with 88 constellations", "[planets]") {
  std::mt19937_64 engine{1};
  std::normal_distribution<double> normal;
  std::set<std::string_view> seen;
  for (int i = 0; i < 200000; ++i) {
    const auto name = constellation_of({normal(engine), normal(engine), normal(engine)});
    if (name.size() != 3) FAIL("a gap in the sky, case " << i);
    seen.insert(name);
  }
  CHECK(seen.size() == 88);
}

TEST_CASE("the frame of 1875 is a rotation", "[planets]") {
  const auto& [x, y, z] = kEquatorOf1875;
  for (const Vector& axis : {x, y, z}) CHECK(length(axis) == Approx(1).epsilon(1e-15));
  CHECK(std::abs(dot(x, y)) + std::abs(dot(y, z)) + std::abs(dot(z, x)) < 1e-15);
}

TEST_CASE("no direction has no constellation", "[planets]") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  CHECK(constellation_of({kNan, 0, 0}).empty());
  CHECK(constellation_of({0, 0, kNan}).empty());
}

TEST_CASE("the planets of a known evening stand where almanacs say", "[planets]") {
  // The great conjunction of 2020 in Capricornus, and Pluto's crossing from Sagittarius in 2024.
  const Sky sky(utc(2020, 12, 21, 18), Observer{{0}, {51.5}, {0}});
  CHECK(constellation_of(sky.geometry(Body::kJupiter).from_observer) == "Cap");
  CHECK(constellation_of(sky.geometry(Body::kSaturn).from_observer) == "Cap");
  CHECK(constellation_of(sky.geometry(Body::kSun).from_observer) == "Sgr");
  CHECK(constellation_of(sky.geometry(Body::kPluto).from_observer) == "Sgr");
}

}  // namespace orrery::planets
