#include "master/growth.hpp"

#include <catch2/catch.hpp>
#include <cmath>

namespace orrery::master {

TEST_CASE("growth: a straight line through all looks") {
  Growth growth;
  for (std::uint64_t i = 0; i < 10; ++i) {
    CHECK(growth.per_thousand().has_value() == (i >= Growth::kLeastLooks));
    growth.look(5000 + i * 100, 1'000'000 + i * 20'000);
  }
  CHECK(growth.per_thousand().value_or(0) == Approx(200'000));
  CHECK(growth.first_bytes() == 1'000'000);
  CHECK(growth.bytes() == 1'180'000);
  CHECK(growth.added() == 20'000);
}

TEST_CASE("growth: what goes up and down about a value does not grow") {
  Growth growth;
  for (std::uint64_t i = 0; i < 100; ++i) growth.look(i * 50, 1'000'000 + (i % 2) * 100'000);
  CHECK(std::abs(growth.per_thousand().value_or(1e9)) < 2000);
  growth.look(6000, 900'000);
  CHECK(growth.added() == 0);
}

TEST_CASE("growth: a worker that answers nothing has none") {
  Growth growth;
  for (int i = 0; i < 10; ++i) growth.look(7, 1'000'000 + static_cast<std::uint64_t>(i));
  CHECK_FALSE(growth.per_thousand());
  CHECK_FALSE(Growth{}.per_thousand());
}

}  // namespace orrery::master
