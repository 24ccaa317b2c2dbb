#include "http/request_id.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace orrery::http {
namespace {

std::string next_of(RequestIds& ids) {
  const auto id = ids.next();
  return {id.data(), id.size()};
}

TEST_CASE("Ids are 16 hexadecimal digits and never repeat") {
  RequestIds ids{UINT64_MAX - 500};
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = next_of(ids);
    CHECK(id.size() == 16);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    seen.insert(id);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("An id is all digits of its number, the highest first") {
  // SplitMix64 of 1, 2 and 3, as its authors' reference has them for the seed 0.
  RequestIds ids{1};
  CHECK(next_of(ids) == "e220a8397b1dcdaf");
  CHECK(next_of(ids) == "6e789e6aa1b965f4");
  CHECK(next_of(ids) == "06c45d188009454f");
}

TEST_CASE("Workers with different seeds make different ids") {
  RequestIds one{1000};
  RequestIds other{5000};
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) seen.insert({next_of(one), next_of(other)});
  CHECK(seen.size() == 1000);
}

TEST_CASE("A peer's id is kept when it is a short token") {
  struct Row {
    std::string id;
    bool good;
  };
  const Row rows[] = {{"a", true},
                      {std::string(64, 'x'), true},
                      {"f3-9_A.~!", true},
                      {"", false},
                      {std::string(65, 'x'), false},
                      {"a b", false},
                      {"a,b", false},
                      {"a\"b", false},
                      {"\xc3\xa9", false},
                      {"a\tb", false}};
  for (const Row& row : rows) {
    INFO(row.id);
    CHECK(RequestIds::acceptable(row.id) == row.good);
  }
}

}  // namespace
}  // namespace orrery::http
