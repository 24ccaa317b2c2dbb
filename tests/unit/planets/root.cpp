#include "planets/root.hpp"

#include <catch2/catch.hpp>
#include <cmath>

namespace orrery::planets {

TEST_CASE("root: where a function is nought, whatever its shape", "[planets]") {
  struct Row {
    const char* name;
    double (*value)(double);
    double low, high, root;
  };
  for (const Row& row : {Row{"a line", [](double x) { return x - 3; }, 0, 10, 3},
                         Row{"falling", [](double x) { return 3 - x; }, 0, 10, 3},
                         Row{"flat there", [](double x) { return std::pow(x - 3, 3); }, 0, 10, 3},
                         Row{"bent", [](double x) { return std::exp(x) - 2; }, -10, 10, std::log(2)},
                         Row{"at the begin", [](double x) { return x; }, 0, 10, 0},
                         Row{"of the clock", [](double x) { return std::cos(x); }, 0, 3, std::acos(0)}}) {
    INFO(row.name);
    const double found = root_between(row.value, row.low, row.value(row.low), row.high, row.value(row.high), 1e-9);
    CHECK(std::abs(row.value(found)) < 1e-6);
    CHECK(found == Approx(row.root).margin(0.01));
  }
}

TEST_CASE("root: it never looks outside, and ends also where there is none", "[planets]") {
  int calls = 0;
  const auto value = [&](double x) {
    ++calls;
    CHECK((x >= 0 && x <= 1));
    return x < 0.5 ? -1.0 : 1.0;
  };
  CHECK(root_between(value, 0, -1, 1, 1, 1e-9) == Approx(0.5).margin(1e-6));
  CHECK(calls <= 100);
}

TEST_CASE("root: where a distance is least", "[planets]") {
  for (const double at : {-3000.0, 0.0, 1234.5}) {
    const auto passing = [at](double x) { return std::hypot((x - at) / 2, 100.0); };
    CHECK(least_around(0, 7200, passing, 1e-3) == Approx(at).margin(0.01));
  }
}

}  // namespace orrery::planets
