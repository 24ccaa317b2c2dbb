#include "os/signals.hpp"

#include <catch2/catch.hpp>

namespace orrery::os {

TEST_CASE("signals: who sent one is named rightly") {
  struct Row {
    const char* name;
    TakenSignal signal;
    const char* text;
  };
  const Row rows[] = {
      {"a process", {SIGTERM, 7, 1000, false}, "from pid 7, uid 1000"},
      {"Ctrl-C", {SIGINT, 0, 0, true}, "from the terminal: Ctrl-C"},
      {"Ctrl-Backslash", {SIGQUIT, 0, 0, true}, "from the terminal: Ctrl-\\"},
      {"a terminal that goes", {SIGHUP, 0, 0, true}, "from the terminal, which was closed"},
      {"a window", {SIGWINCH, 0, 0, true}, "from the terminal, which has another size"},
      {"the kernel", {SIGTERM, 0, 0, true}, "from the kernel"},
      {"docker stop", {SIGTERM, 0, 0, false}, "from a process outside of this container, uid 0"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(describe_sender(row.signal) == row.text);
  }
}

}  // namespace orrery::os
