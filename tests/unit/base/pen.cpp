#include "base/pen.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <limits>
#include <string>

namespace orrery::base {
namespace {

/// What a pen with this much room wrote.
template <class Act>
std::string written(Act&& act, std::size_t room = 256) {
  std::string text(room, '#');
  Pen pen{text};
  act(pen);
  return text.substr(0, std::min(pen.length(), room));
}

}  // namespace

TEST_CASE("pen: copies texts of every length, and nothing beside them") {
  const std::string digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (std::size_t size = 0; size <= digits.size(); ++size) {
    INFO(size);
    CHECK(written([&](Pen& pen) {
            pen.put('<');
            pen.put(digits.substr(0, size));
            pen.put('>');
          }) == "<" + digits.substr(0, size) + ">");
  }
}

TEST_CASE("pen: what does not fit is counted and not written, and nothing fits behind it") {
  std::array<char, 6> room{};
  room.fill('#');
  Pen pen{{room.data(), 5}};
  pen.put("abc");
  pen.put("defg");
  pen.put('h');
  pen.put_number(1);
  CHECK(std::string_view(room.data(), room.size()) == "abc###");
  CHECK(pen.length() >= 3 + 4 + 1 + 1);
}

TEST_CASE("pen: escapes as gunicorn does") {
  const auto escaped = [](std::string_view value) { return written([&](Pen& pen) { pen.put_escaped(value); }); };
  CHECK(escaped("plain text, longer than sixteen bytes") == "plain text, longer than sixteen bytes");
  CHECK(escaped("\"\\\n\x7f\xff") == R"(\x22\x5C\x0A\x7F\xFF)");
  CHECK(written([](Pen& pen) { pen.put_value(""); }) == "-");
  CHECK(written([](Pen& pen) { pen.put_value("x"); }) == "x");
}

TEST_CASE("pen: escapes as the inside of a JSON string") {
  struct Row {
    const char* name;
    std::string value;
    const char* expected;
  };
  for (const Row& row : {
           Row{"plain", "plain", "plain"},
           Row{"quote and backslash", "\"\\", R"(\"\\)"},
           Row{"control bytes", "\n\x1f\x7f", R"(\u000A\u001F\u007F)"},
           Row{"UTF-8 stays", "m\xc3\xa4rs", "m\xc3\xa4rs"},
           Row{"controls of two bytes", "\xc2\x9b", R"(\u00C2\u009B)"},
           Row{"no UTF-8", "\xff", R"(\u00FF)"},
           Row{"cut UTF-8", "\xe2\x82", R"(\u00E2\u0082)"},
       }) {
    INFO(row.name);
    CHECK(written([&](Pen& pen) { pen.put_json(row.value); }) == row.expected);
  }
}

TEST_CASE("pen: numbers, and a dash for none") {
  CHECK(written([](Pen& pen) { pen.put_number(std::numeric_limits<std::int64_t>::min()); }) == "-9223372036854775808");
  CHECK(written([](Pen& pen) { pen.put_number_or_dash(std::uint64_t{0}); }) == "-");
  CHECK(written([](Pen& pen) { pen.put_number_or_dash(7); }) == "7");
}

TEST_CASE("pen: a clipped value fits in either kind of escape, and ends between characters") {
  CHECK(clipped("abcdef", 4) == "abcd");
  CHECK(clipped("abc", 4) == "abc");
  CHECK(clipped("a\xc3\xa4z", 12).empty() == false);
  CHECK(clipped("a\xc3\xa4z", 12) == "a");
  CHECK(clipped("a\xc3\xa4z", 13) == "a\xc3\xa4");
  CHECK(clipped("\"\"", 11) == "\"");
}

}  // namespace orrery::base
