#include "admin/door.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "orrery/bearer.hpp"

namespace orrery::admin {

TEST_CASE("door: a secret is the same when every byte is") {
  CHECK(same_secret("0123456789abcdef", "0123456789abcdef"));
  for (const char* wrong : {"", "0", "0123456789abcdeF", "1123456789abcdef", "0123456789abcdef0", "0123456789abcde",
                            "0123456789abcdef0123456789abcdef"})
    CHECK_FALSE(same_secret(wrong, "0123456789abcdef"));
}

TEST_CASE("door: names that are this machine's whatever a name server says") {
  struct Row {
    const char* host;
    bool own;
  };
  const Row rows[] = {{"localhost", true},         {"LocalHost:9000", true},
                      {"127.0.0.1", true},         {"127.0.0.1:9000", true},
                      {"[::1]:9000", true},        {"[::1]", true},
                      {"10.0.0.5:80", true},       {"", true},
                      {"evil.example", false},     {"evil.example:9000", false},
                      {"127.0.0.1.nip.io", false}, {"localhost.evil", false}};
  for (const Row& row : rows) {
    INFO(row.host);
    CHECK(is_own_name(row.host) == row.own);
  }
}

TEST_CASE("door: a page of the same origin, and others") {
  CHECK(is_same_origin("http://127.0.0.1:9000", "127.0.0.1:9000"));
  CHECK(is_same_origin("https://Admin.Example", "admin.example"));
  for (const char* foreign : {"null", "", "http://127.0.0.1:9001", "http://evil.example", "127.0.0.1:9000"})
    CHECK_FALSE(is_same_origin(foreign, "127.0.0.1:9000"));
}

}  // namespace orrery::admin
