#include "http/cookie.hpp"

#include <catch2/catch.hpp>

namespace orrery::http {
namespace {

TEST_CASE("The first cookie with a name is found in a Cookie field") {
  struct Row {
    const char* field;
    const char* name;
    const char* value;  ///< null: nothing
  };
  const Row rows[] = {
      {"a=1", "a", "1"},       {"a=1; b=2", "b", "2"}, {"a=1;b=2", "b", "2"}, {"a=1; a=2", "a", "1"},
      {"aa=1; a=2", "a", "2"}, {"a=", "a", ""},        {"a=x=y", "a", "x=y"}, {"a=\"quoted\"", "a", "quoted"},
      {"a=\"", "a", "\""},     {" a = 1 ;", "a", "1"}, {"a", "a", nullptr},   {"A=1", "a", nullptr},
      {"", "a", nullptr},      {";;;", "a", nullptr},  {"=1", "", "1"},       {"b; a=%20", "a", "%20"},
  };
  for (const Row& row : rows) {
    INFO(row.field << " " << row.name);
    const auto value = cookie_value(row.field, row.name);
    CHECK(value.has_value() == (row.value != nullptr));
    if (row.value && value) CHECK(*value == row.value);
  }
}

TEST_CASE("What a cookie may hold") {
  CHECK(is_cookie_value("abc-123_!%20=/+"));
  CHECK(is_cookie_value(""));
  for (const char* bad : {"a b", "a;b", "a,b", "a\"b", "a\\b", "a\r\nb", "\x7f", "m\xc3\xa4rs"}) {
    INFO(bad);
    CHECK_FALSE(is_cookie_value(bad));
  }
  CHECK(is_cookie_attribute("/a b/c"));
  for (const char* bad : {"/;Secure", "/\n", "\xff"}) CHECK_FALSE(is_cookie_attribute(bad));
}

}  // namespace
}  // namespace orrery::http
