#include "planets/units.hpp"

#include <catch2/catch.hpp>

namespace orrery::planets {

TEST_CASE("units: degrees and radians are each other's way back") {
  CHECK(radians(Degrees{180}) == Approx(std::numbers::pi).epsilon(1e-15));
  CHECK(degrees(std::numbers::pi / 2).value == Approx(90).epsilon(1e-15));
  for (double angle = -720; angle <= 720; angle += 7.25) {
    INFO(angle);
    CHECK(degrees(radians(Degrees{angle})).value == Approx(angle).epsilon(1e-14).margin(1e-12));
  }
}

TEST_CASE("units: values are ordered by what they measure") {
  CHECK(Degrees{1} < Degrees{2});
  CHECK(Metres{-1} < Metres{0});
  CHECK(Celsius{15} == Celsius{15});
}

}  // namespace orrery::planets
