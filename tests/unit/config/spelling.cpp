#include "config/spelling.hpp"

#include <catch2/catch.hpp>

namespace orrery::config {
namespace {

TEST_CASE("edit_distance counts insertions, removals, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("workers", "workers") == 0);
  CHECK(edit_distance("worker", "workers") == 1);
  CHECK(edit_distance("wrokers", "workers") == 1);
  CHECK(edit_distance("wxrkerz", "workers") == 2);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("nearest finds what was meant") {
  struct Row {
    const char* word;
    const char* found;
  };
  const std::vector<std::string_view> known{"workers", "worker_class", "timeout", "bind", "user"};
  const Row rows[] = {
      {"workres", "workers"},
      {"worker", "workers"},
      {"wokers", "workers"},
      {"worker_cl", "worker_class"},
      {"timeouts", "timeout"},
      {"timeout_seconds", "timeout"},
      {"tim", "timeout"},
      {"bimd", "bind"},
      {"certfile", ""},
      {"xyz", ""},
      {"", ""},
      {"ti", ""},
  };
  for (const auto& row : rows) {
    INFO(row.word);
    CHECK(nearest(row.word, known) == row.found);
  }
}

}  // namespace
}  // namespace orrery::config
