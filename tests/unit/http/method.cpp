#include "http/method.hpp"

#include <catch2/catch.hpp>

namespace orrery::http {
namespace {

TEST_CASE("Methods are known by their exact name") {
  for (const char* name :
       {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "M-SEARCH"}) {
    CHECK(known_method(name) == name);
  }
  for (const char* name : {"", "get", "Get", "GETX", "GE", "PRI", "SOURCE", "DESCRIBE", "BREW"}) {
    INFO(name);
    CHECK(known_method(name).empty());
  }
}

TEST_CASE("The longest method is known") {
  CHECK(known_method("UNSUBSCRIBE") == "UNSUBSCRIBE");
  CHECK(longest_method() == std::string_view{"UNSUBSCRIBE"}.size());
}

}  // namespace
}  // namespace orrery::http
