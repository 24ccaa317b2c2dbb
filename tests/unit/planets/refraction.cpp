#include "planets/refraction.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace orrery::planets {
namespace {

double arcminutes(double altitude, double pressure = 1010, double temperature = 15) {
  return refraction({altitude}, {pressure}, {temperature}).value * 60;
}

}  // namespace

TEST_CASE("refraction is Saemundsson's at 1010 mbar and 15 C", "[planets]") {
  struct Row {
    double altitude, arcminutes;
  };
  for (const Row& row : {Row{0, 28.48}, Row{1, 21.37}, Row{5, 9.506}, Row{10, 5.314}, Row{15, 3.612}, Row{45, 0.99}}) {
    INFO(row.altitude);
    CHECK(arcminutes(row.altitude) == Approx(row.arcminutes).margin(0.01));
  }
}

TEST_CASE("refraction scales with the air's density", "[planets]") {
  CHECK(arcminutes(10, 505) == Approx(arcminutes(10) / 2));
  CHECK(arcminutes(10, 1010, -20) == Approx(arcminutes(10) * 288 / 253));
}

TEST_CASE("refraction fades out between one and two degrees below the horizon", "[planets]") {
  const double at_minus_one = arcminutes(-1);
  CHECK(at_minus_one > 35);
  CHECK(arcminutes(-1.5) == Approx(at_minus_one / 2));
  CHECK(arcminutes(-1.999) == Approx(at_minus_one / 1000));
  CHECK(arcminutes(-1.000001) == Approx(at_minus_one).epsilon(1e-5));
  for (double altitude : {-2.0, -3.0, -5.11, -90.0}) CHECK(arcminutes(altitude) == 0);
}

TEST_CASE("refraction is never negative and falls all the way up", "[planets]") {
  for (double altitude = -1; altitude < 90; altitude += 0.25) {
    INFO(altitude);
    CHECK(arcminutes(altitude) >= arcminutes(altitude + 0.25));
    CHECK(arcminutes(altitude + 0.25) >= 0);
  }
  CHECK(arcminutes(90) == 0);
}

TEST_CASE("no air, no refraction; no number, no refraction", "[planets]") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(arcminutes(10, 0) == 0);
  CHECK(arcminutes(10, -5) == 0);
  CHECK(arcminutes(10, 1010, -273) == 0);
  for (double bad : {kNan, kInfinity, -kInfinity}) {
    CHECK(arcminutes(bad) == 0);
    CHECK(arcminutes(10, bad) == 0);
    CHECK(arcminutes(10, 1010, bad) == 0);
  }
}

}  // namespace orrery::planets
