#include "planets/wording.hpp"

#include <catch2/catch.hpp>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {

TEST_CASE("wording: places, moments, bodies and directions", "[planets]") {
  CHECK(title_of(Body::kMars) == "Mars");
  CHECK(place_text({{144.9631}, {-37.8136}, {31}}) == "37.81\u00b0 S, 144.96\u00b0 E");
  CHECK(place_text({{-0.0005}, {51.4769}, {0}}) == "51.48\u00b0 N, 0.00\u00b0 W");
  CHECK(minute_text(utc(2026, 11, 23, 10, 10)) == "2026-11-23 10:10 UTC");
  struct Row {
    double azimuth;
    const char* point;
  };
  for (const Row& row : {Row{0, "N"}, Row{11.24, "N"}, Row{11.26, "NNE"}, Row{90, "E"}, Row{180, "S"}, Row{270, "W"},
                         Row{348.74, "NNW"}, Row{348.76, "N"}, Row{359.99, "N"}})
    CHECK(compass_point({row.azimuth}) == row.point);
}

}  // namespace orrery::planets
