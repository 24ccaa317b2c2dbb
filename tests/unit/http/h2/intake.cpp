#include "http/h2/intake.hpp"

#include <catch2/catch.hpp>

namespace orrery::http::h2 {
namespace {

TEST_CASE("An intake takes what its budget allows, and always one") {
  Intake intake{1000};
  CHECK(intake.reserve(kLargestWindow));
  CHECK_FALSE(intake.reserve(1));
  intake.release(kLargestWindow);
  CHECK(intake.reserve(2 * kLargestWindow));
  CHECK_FALSE(intake.reserve(1));
  intake.release(2 * kLargestWindow);
  CHECK(intake.reserved() == 0);
}

TEST_CASE("An intake has room for one largest body") {
  Intake intake{100'000'000};
  CHECK(intake.reserve(60'000'000));
  CHECK(intake.reserve(40'000'000));
  CHECK_FALSE(intake.reserve(1));
}

}  // namespace
}  // namespace orrery::http::h2
