#include "planets/json.hpp"

#include <catch2/catch.hpp>
#include <limits>

using orrery::planets::JsonText;

TEST_CASE("planet JSON: numbers are the shortest that read back, strings are escaped") {
  CHECK(JsonText{64}.number(0.1).take() == "0.1");
  CHECK(JsonText{64}.number(-39.754).take() == "-39.754");
  CHECK(JsonText{64}.number(0).take() == "0");
  CHECK(JsonText{64}.number(-0.0005).take() == "-0.0005");
  CHECK(JsonText{64}.number(-1.2345678901234567e-5).take().size() <= JsonText::kLongestNumber);
  CHECK(JsonText{64}.number(1.0 / 3).take() == "0.3333333333333333");
  CHECK(JsonText{64}.number(-std::numeric_limits<double>::max()).take().size() <= JsonText::kLongestNumber);
  CHECK(JsonText{64}.number(-std::numeric_limits<double>::denorm_min()).take().size() <=
        JsonText::kLongestNumber);
  CHECK(JsonText{64}.number(-1.2345678901234567e-250).take().size() <= JsonText::kLongestNumber);
  CHECK(JsonText{64}.number(std::numeric_limits<double>::quiet_NaN()).take() == "null");
  CHECK(JsonText{64}.number(std::numeric_limits<double>::infinity()).take() == "null");
  CHECK(JsonText{64}.string("a\"b\\c\nd\x01").take() == R"("a\"b\\c\u000ad\u0001")");
  CHECK(JsonText{64}.string("\xc3\xa9").take() == R"("\ufffd\ufffd")");
  CHECK(JsonText{64}.raw("{}").pad_to(5).raw("x").take() == "{}   x");
  CHECK(JsonText{64}.raw("{}").pad_to(1).take() == "{}");
}
