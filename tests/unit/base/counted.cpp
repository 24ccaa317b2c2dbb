#include "base/counted.hpp"

#include <catch2/catch.hpp>

namespace orrery::base {

TEST_CASE("counted: one thing, and any other number of them") {
  CHECK(counted(0, "request") == "0 requests");
  CHECK(counted(1, "request") == "1 request");
  CHECK(counted(2, "request") == "2 requests");
  CHECK(counted(1, "child", "children") == "1 child");
  CHECK(counted(3, "child", "children") == "3 children");
  CHECK(counted(UINT64_MAX, "byte") == "18446744073709551615 bytes");
}

}  // namespace orrery::base
