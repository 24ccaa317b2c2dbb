#include "base/joined.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace orrery::base {
namespace {

TEST_CASE("Words are joined with something between them, and with nothing around them") {
  CHECK(joined(std::vector<std::string>{}, ", ").empty());
  CHECK(joined(std::vector<std::string>{"one"}, ", ") == "one");
  CHECK(joined(std::vector<std::string>{"one", "two", "three"}, ", ") == "one, two, three");
  CHECK(joined(std::vector<std::string_view>{"", ""}, ";") == ";");
}

}  // namespace
}  // namespace orrery::base
