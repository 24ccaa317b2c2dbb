#include "os/wait_status.hpp"

#include <catch2/catch.hpp>
#include <csignal>

namespace orrery::os {

TEST_CASE("wait status: each end is described, and a polite one is told from the others") {
  struct Row {
    int status;
    const char* text;
    int code;
    bool by_itself;
  };
  constexpr int kCore = 0x80;
  const Row rows[] = {
      {0 << 8, "exit code 0", 0, true},
      {3 << 8, "exit code 3", 3, false},
      {SIGTERM, "SIGTERM", -1, true},
      {SIGINT, "SIGINT", -1, true},
      {SIGQUIT, "SIGQUIT", -1, true},
      {SIGKILL, "SIGKILL", -1, false},
      {SIGSEGV | kCore, "SIGSEGV (core dumped)", -1, false},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(describe_status(row.status) == row.text);
    CHECK(exit_code_of(row.status) == row.code);
    CHECK(left_by_itself(row.status) == row.by_itself);
  }
}

}  // namespace orrery::os
