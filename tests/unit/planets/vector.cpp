#include "planets/vector.hpp"

#include <catch2/catch.hpp>

namespace orrery::planets {

namespace {

/// About the z axis.
Rotation turned(double angle) {
  return {{std::cos(angle), std::sin(angle), 0}, {-std::sin(angle), std::cos(angle), 0}, {0, 0, 1}};
}

}  // namespace

TEST_CASE("vector: sums, products and lengths") {
  const Vector a{1, -2, 2}, b{3, 0, -4};
  CHECK((a + b).x == 4);
  CHECK((a - b).z == 6);
  CHECK((2 * a).y == -4);
  CHECK(dot(a, b) == -5);
  CHECK(length(a) == 3);
  CHECK(length(b) == 5);
}

TEST_CASE("vector: a rotation goes to the new axes, and back") {
  for (double angle = -7; angle < 7; angle += 0.37) {
    const Rotation rotation = turned(angle);
    const Vector there = rotation * Vector{1, 2, 3};
    const Vector back = unrotated(rotation, there);
    INFO(angle);
    CHECK(length(there) == Approx(length(Vector{1, 2, 3})));
    CHECK(back.x == Approx(1));
    CHECK(back.y == Approx(2));
    CHECK(back.z == Approx(3));
  }
  const Vector east = turned(std::acos(0.0)) * Vector{0, 1, 0};
  CHECK(east.x == Approx(1));
  CHECK(east.y == Approx(0).margin(1e-15));
}

}  // namespace orrery::planets
