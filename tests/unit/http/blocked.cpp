#include "http/blocked.hpp"

#include <catch2/catch.hpp>
#include <chrono>

namespace orrery::http {

using base::Monotonic;
using std::chrono::seconds;

TEST_CASE("Blocked: a client that takes something gets time for it, at the lowest rate that is allowed") {
  Config config;
  config.write_timeout = seconds{10};
  config.min_rate = 100;
  const Monotonic start{std::chrono::hours{1}};
  Blocked blocked;
  CHECK_FALSE(blocked);
  CHECK(blocked.deadline(config) == Monotonic::max());

  blocked.written(500, 0, start);
  CHECK_FALSE(blocked);
  blocked.written(500, 300, start);
  CHECK(blocked);
  CHECK(blocked.deadline(config) == start + seconds{10});  // what was taken before is not counted
  blocked.written(200, 100, start + seconds{5});
  CHECK(blocked.deadline(config) == start + seconds{12});
  blocked.took(100);
  CHECK(blocked.deadline(config) == start + seconds{13});
  blocked.written(100, 0, start + seconds{6});
  CHECK_FALSE(blocked);
  blocked.begin(start + seconds{7});
  CHECK(blocked.deadline(config) == start + seconds{17});
}

}  // namespace orrery::http
