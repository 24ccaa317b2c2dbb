#include "base/json_object.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::base {
namespace {

/// `@` stands for the hole of a value, `$` for that of a part of a string.
std::string with_holes(std::string text) {
  for (char& c : text) c = c == '@' ? kValueHole : c == '$' ? kStringHole : c;
  return text;
}

}  // namespace

TEST_CASE("json object: what is one, whatever is put into its holes") {
  for (const char* text : {
           "{}",
           " \t{ } ",
           R"({"a":1})",
           R"({"a": @, "b": "$", "c": "x$y$z"})",
           R"({"a":[],"b":[1,"2",@],"c":{"d":{}}})",
           R"({"a":true,"b":false,"c":null})",
           R"({"a":-0.5e+10,"b":0,"c":12E3})",
           R"({"a":"\"\\\/\b\f\n\r\té"})",
           "{\"\xc3\xa4\":\"\xf0\x9f\x8c\x8d\"}",
       }) {
    INFO(text);
    CHECK_FALSE(find_json_fault(with_holes(text)));
  }
}

TEST_CASE("json object: where a text ceases to be one") {
  struct Row {
    const char* name;
    std::string text;
    std::size_t at;
  };
  for (const Row& row : {
           Row{"nothing", "", 0},
           Row{"an array", "[1]", 0},
           Row{"text before it", "x{}", 0},
           Row{"text behind it", "{} x", 3},
           Row{"a second one", "{}{}", 2},
           Row{"no end", R"({"a":1)", 6},
           Row{"a comma at the end", R"({"a":1,})", 7},
           Row{"no colon", R"({"a" 1})", 5},
           Row{"a name without quotes", "{a:1}", 1},
           Row{"a hole as a name", "{@:1}", 1},
           Row{"a hole of a string outside of one", R"({"a":$})", 5},
           Row{"a hole of a value inside a string", R"({"a":"@"})", 6},
           Row{"a number with a zero before it", R"({"a":01})", 6},
           Row{"a number that begins with a plus", R"({"a":+1})", 5},
           Row{"a point without digits", R"({"a":1.})", 7},
           Row{"an unknown escape", R"({"a":"\x22"})", 7},
           Row{"half of a surrogate pair", R"({"a":"\ud83d"})", 8},
           Row{"a line feed inside a string", "{\"a\":\"\n\"}", 6},
           Row{"a byte that is no UTF-8", "{\"a\":\"\xff\"}", 6},
       }) {
    INFO(row.name);
    CHECK(find_json_fault(with_holes(row.text)) == row.at);
  }
}

TEST_CASE("json object: nesting has an end") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK_FALSE(find_json_fault(nested(20)));
  CHECK(find_json_fault(nested(100'000)));
}

}  // namespace orrery::base
