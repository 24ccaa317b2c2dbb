#include "base/method.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::base {

TEST_CASE("method: each has a number and back, whichever text it comes from") {
  for (std::size_t number = 0; number < kMethods.size(); ++number) {
    INFO(kMethods[number]);
    CHECK(method_number(kMethods[number]) == number);
    CHECK(method_number(std::string{kMethods[number]}) == number);
    CHECK(method_name(number) == kMethods[number]);
  }
  CHECK(method_number("") == kNoMethod);
  CHECK(method_number("get") == kNoMethod);
  CHECK(method_name(kNoMethod).empty());
  CHECK(method_name(255).empty());
}

}  // namespace orrery::base
