#include "planets/observer.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace orrery::planets {

TEST_CASE("observer: what is a place on the Earth") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  struct Row {
    const char* name;
    Observer observer;
    bool place;
  };
  const Row row = GENERATE(values<Row>({
      {"Greenwich", {{0}, {51.48}, {46}}, true},
      {"the north pole", {{0}, {90}, {0}}, true},
      {"the south pole", {{179}, {-90}, {2835}}, true},
      {"beyond the pole", {{0}, {90.000001}, {0}}, false},
      {"in the other turn", {{190}, {0}, {0}}, true},
      {"many turns", {{-1e6}, {0}, {0}}, true},
      {"a million kilometres up", {{0}, {0}, {1e9}}, true},
      {"further up", {{0}, {0}, {1.1e9}}, false},
      {"further down", {{0}, {0}, {-1.1e9}}, false},
      {"no longitude", {{kNan}, {0}, {0}}, false},
      {"no latitude", {{0}, {kNan}, {0}}, false},
      {"no elevation", {{0}, {0}, {kNan}}, false},
      {"an endless longitude", {{kInfinity}, {0}, {0}}, false},
      {"an endless latitude", {{0}, {-kInfinity}, {0}}, false},
  }));
  INFO(row.name);
  CHECK(is_place(row.observer) == row.place);
}

}  // namespace orrery::planets
