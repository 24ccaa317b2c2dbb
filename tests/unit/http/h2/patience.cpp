#include "http/h2/patience.hpp"

#include <catch2/catch.hpp>

namespace orrery::http::h2 {
namespace {

using std::chrono::seconds;

TEST_CASE("Patience ends behind its burst, and comes back with time") {
  base::Monotonic now{seconds{100}};
  Patience patience{3, 1, now};
  CHECK(patience.spend(now));
  CHECK(patience.spend(now));
  CHECK(patience.spend(now));
  CHECK_FALSE(patience.spend(now));
  now += seconds{2};
  CHECK(patience.spend(now));
  CHECK_FALSE(patience.spend(now));
}

TEST_CASE("Patience that is earned is no more than the burst") {
  const base::Monotonic now{seconds{100}};
  Patience patience{2, 1, now};
  patience.earn(10);
  CHECK(patience.spend(now));
  CHECK(patience.spend(now));
  CHECK_FALSE(patience.spend(now));
  patience.earn(2);
  CHECK(patience.spend(now));
}

}  // namespace
}  // namespace orrery::http::h2
