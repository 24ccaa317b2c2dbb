#include "base/text.hpp"

#include <catch2/catch.hpp>

namespace orrery::base {

TEST_CASE("text: blanks at both ends, and only there, are trimmed") {
  CHECK(trimmed("") == "");
  CHECK(trimmed(" \t ") == "");
  CHECK(trimmed("a") == "a");
  CHECK(trimmed("\t a b\t ") == "a b");
  CHECK(trimmed("a\n ") == "a\n");
  CHECK(trimmed(" \r\n a \n", kBlanksAndLineEnds) == "a");
}

TEST_CASE("text: digits are those of ASCII") {
  for (int c = 0; c < 256; ++c) CHECK(is_digit(static_cast<char>(c)) == (c >= '0' && c <= '9'));
}

}  // namespace orrery::base
