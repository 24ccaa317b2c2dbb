#include "base/utf8.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::base {

namespace {

/// Of a character that ends with bytes of 0x80: its length by what its bits mean, 0 for what is none.
std::size_t length_by_value(unsigned first, unsigned second) {
  struct Form {
    unsigned mask, mark;
    std::size_t length;
    unsigned least, most;
  };
  if ((second & 0xc0U) != 0x80) return 0;
  for (const Form& form :
       {Form{0xe0, 0xc0, 2, 0x80, 0x7ff}, Form{0xf0, 0xe0, 3, 0x800, 0xffff}, Form{0xf8, 0xf0, 4, 0x10000, 0x10ffff}}) {
    if ((first & form.mask) != form.mark) continue;
    const unsigned value = ((first & ~form.mask) << 6 | (second & 0x3fU)) << (6 * (form.length - 2));
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return value >= form.least && value <= form.most && !surrogate ? form.length : 0;
  }
  return 0;
}

}  // namespace

TEST_CASE("utf8_length: every first and second byte, by what their bits mean") {
  int differences = 0;
  for (unsigned first = 0x80; first < 0x100; ++first)
    for (unsigned second = 0; second < 0x100; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second), '\x80', '\x80'};
      differences += utf8_length(text) != length_by_value(first, second);
    }
  CHECK(differences == 0);
}

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
