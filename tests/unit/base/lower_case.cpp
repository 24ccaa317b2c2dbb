#include "base/lower_case.hpp"

#include <catch2/catch.hpp>

namespace orrery::base {

TEST_CASE("lower_case: changes the letters of ASCII and no other byte") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const char expected = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : c;
    INFO(byte);
    CHECK(lower_case(c) == expected);
  }
}

TEST_CASE("lower_case: leaves the bytes of UTF-8 alone, and knows no locale") {
  CHECK(lower_case(std::string_view{"Content-TYPE"}) == "content-type");
  CHECK(lower_case(std::string_view{"M\xc3\x84RZ"}) == "m\xc3\x84rz");
  CHECK(lower_case(std::string_view{}).empty());
}

}  // namespace orrery::base
