#include "base/utf8.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::base {

TEST_CASE("utf8_length: well-formed characters and nothing else") {
  struct Row {
    const char* name;
    std::string text;
    std::size_t length;
  };
  for (const Row& row : {
           Row{"nothing", "", 0},
           Row{"ASCII", "a", 1},
           Row{"NUL", std::string(1, '\0'), 1},
           Row{"DEL", "\x7f", 1},
           Row{"first of two bytes", "\xc2\x80", 2},
           Row{"last of two bytes", "\xdf\xbf", 2},
           Row{"first of three bytes", "\xe0\xa0\x80", 3},
           Row{"before the surrogates", "\xed\x9f\xbf", 3},
           Row{"behind the surrogates", "\xee\x80\x80", 3},
           Row{"first of four bytes", "\xf0\x90\x80\x80", 4},
           Row{"U+10FFFF", "\xf4\x8f\xbf\xbf", 4},
           Row{"more behind it", "\xc3\xa4xyz", 2},
           Row{"a continuation", "\x80", 0},
           Row{"overlong, two bytes", "\xc0\xaf", 0},
           Row{"overlong, two bytes, the last", "\xc1\xbf", 0},
           Row{"overlong, three bytes", "\xe0\x9f\xbf", 0},
           Row{"overlong, four bytes", "\xf0\x8f\xbf\xbf", 0},
           Row{"first surrogate", "\xed\xa0\x80", 0},
           Row{"last surrogate", "\xed\xbf\xbf", 0},
           Row{"beyond U+10FFFF", "\xf4\x90\x80\x80", 0},
           Row{"no such byte", "\xf5\x80\x80\x80", 0},
           Row{"cut after one", "\xe2", 0},
           Row{"cut after two", "\xe2\x82", 0},
           Row{"cut after three", "\xf0\x90\x80", 0},
           Row{"the third is none", "\xe2\x82z", 0},
           Row{"the fourth is none", "\xf0\x90\x80z", 0},
       }) {
    INFO(row.name);
    CHECK(utf8_length(row.text) == row.length);
  }
}

}  // namespace orrery::base
