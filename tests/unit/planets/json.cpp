#include "planets/json.hpp"

#include <catch2/catch.hpp>
#include <limits>

using orrery::planets::JsonText;

TEST_CASE("planet JSON: what is given reads back, results have their places, strings are escaped") {
  CHECK(JsonText{64}.number(0.1).take() == "0.1");
  CHECK(JsonText{64}.number(-39.754).take() == "-39.754");
  CHECK(JsonText{64}.number(0).take() == "0");
  CHECK(JsonText{64}.number(-0.0005).take() == "-0.0005");
  CHECK(JsonText{64}.number(1.0 / 3).take() == "0.3333333333333333");
  CHECK(JsonText{64}.number(-std::numeric_limits<double>::max()).take() == "-1.7976931348623157e+308");
  CHECK(JsonText{64}.number(-std::numeric_limits<double>::denorm_min()).take() == "-5e-324");
  CHECK(JsonText{64}.rounded<9>(294.4581491983007).take() == "294.458149198");
  CHECK(JsonText{64}.rounded<9>(1e300).take() == "1e+300");
  CHECK(JsonText{64}.rounded<9>(std::numeric_limits<double>::quiet_NaN()).take() == "null");
  CHECK(JsonText{64}.rounded<9>(-std::numeric_limits<double>::infinity()).take() == "null");
  CHECK(JsonText{64}.number(std::numeric_limits<double>::quiet_NaN()).take() == "null");
  CHECK(JsonText{64}.number(std::numeric_limits<double>::infinity()).take() == "null");
  CHECK(JsonText{64}.string("a\"b\\c\nd\x01").take() == R"("a\"b\\c\u000ad\u0001")");
  CHECK(JsonText{64}.string("\xc3\xa9").take() == "\"\xc3\xa9\"");
  CHECK(JsonText{64}.string("\xc3(\x7f").take() == "\"\xef\xbf\xbd(\\u007f\"");
  CHECK(JsonText{64}.raw("{}").pad_to(5).raw("x").take() == "{}   x");
  CHECK(JsonText{64}.raw("{}").pad_to(1).take() == "{}");
}
