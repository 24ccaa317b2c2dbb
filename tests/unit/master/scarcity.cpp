#include "master/scarcity.hpp"

#include <catch2/catch.hpp>

namespace orrery::master {

TEST_CASE("scarcity: less than a quarter is little, however long it has been so") {
  Scarcity scarcity;
  CHECK_FALSE(scarcity.look(500, 1000));
  CHECK_FALSE(scarcity.look(500, 1000));
  Scarcity full;
  CHECK(full.look(249, 1000));
  CHECK(full.look(249, 1000));
}

TEST_CASE("scarcity: what will be used up soon is seen at the second look, long before it is") {
  Scarcity scarcity;
  CHECK_FALSE(scarcity.look(100'000, 100'000));
  std::uint64_t left = 100'000;
  for (int look = 0; look < 10; ++look) {
    left -= 5'000;
    CHECK(scarcity.look(left, 100'000));
  }
}

TEST_CASE("scarcity: what would last for longer is no cause to measure") {
  Scarcity scarcity;
  std::uint64_t left = 100'000;
  for (int look = 0; look < 20; ++look) {
    CHECK_FALSE(scarcity.look(left, 100'000));
    left -= 1'000;
  }
}

TEST_CASE("scarcity: a single step counts for the looks that follow it, and is then forgotten") {
  Scarcity scarcity;
  for (int look = 0; look < 8; ++look) CHECK_FALSE(scarcity.look(100'000, 100'000));
  for (int look = 0; look < 4; ++look) CHECK(scarcity.look(80'000, 100'000));
  for (int look = 0; look < 8; ++look) CHECK_FALSE(scarcity.look(80'000, 100'000));
}

TEST_CASE("scarcity: what is given back is no cause to measure") {
  Scarcity scarcity;
  for (std::uint64_t left = 30'000; left <= 90'000; left += 10'000) CHECK_FALSE(scarcity.look(left, 100'000));
}

}  // namespace orrery::master
