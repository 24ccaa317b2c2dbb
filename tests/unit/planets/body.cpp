#include "planets/body.hpp"

#include <catch2/catch.hpp>

namespace orrery::planets {

TEST_CASE("every body is found by its own name, in any case", "[planets]") {
  for (Body body : kBodies) CHECK(body_named(name_of(body)) == body);
  CHECK(body_named("Mars") == Body::kMars);
  CHECK(body_named("NEPTUNE") == Body::kNeptune);
  CHECK(body_named("mOOn") == Body::kMoon);
}

TEST_CASE("what is no body's name is nothing", "[planets]") {
  for (std::string_view name : {"", " ", "mar", "marss", "mars ", "earth", "ceres", "m\xc3\xa4rs", "MAR\x13"})
    CHECK_FALSE(body_named(name).has_value());
  CHECK_FALSE(body_named(std::string_view("mars\0", 5)).has_value());
}

TEST_CASE("a number outside the enumeration has no name", "[planets]") {
  CHECK(name_of(static_cast<Body>(kBodyCount)).empty());
  CHECK(name_of(static_cast<Body>(255)).empty());
}

}  // namespace orrery::planets
