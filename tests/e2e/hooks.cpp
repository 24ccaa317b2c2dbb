// Hooks: what the operator's commands are told, and that none of them holds up the service.
#include <csignal>
#include <initializer_list>
#include <string>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Each hook appends a line to the file `hooks`, in the order in which they happen.
constexpr const char* kWriter =
    "\"sh -c 'echo $ORRERY_HOOK $ORRERY_GENERATION $ORRERY_WORKERS_BEFORE $ORRERY_WORKERS $ORRERY_STATUS >> hooks'\"\n";

std::string with_hooks(std::initializer_list<const char*> names) {
  std::string yaml = "workers: 1\n";
  for (const char* name : names) yaml += std::string{name} + ": " + kWriter;
  return yaml;
}

}  // namespace

TEST_CASE("hooks: each moment of the service's life runs its command") {
  ServerProcess server;
  server.yaml = with_hooks({"on_starting", "when_ready", "on_reload", "child_exit", "nworkers_changed", "on_exit"}) +
                "chdir: " + server.file("") + "\n";
  REQUIRE(server.serve());
  CHECK(server.wait_for_text("hooks", "when_ready 1\n"));
  CHECK(server.read_file("hooks").find("on_starting 1\n") == 0);
  server.signal(SIGTTIN);
  CHECK(server.wait_for_text("hooks", "nworkers_changed 1 1 2\n"));
  REQUIRE(server.wait_for_workers(2));
  ::kill(server.workers()[0], SIGKILL);
  CHECK(server.wait_for_text("hooks", "child_exit 1 SIGKILL\n"));
  REQUIRE(server.wait_for_workers(2));
  server.signal(SIGHUP);
  CHECK(server.wait_for_text("hooks", "on_reload 1\n"));
  CHECK(server.wait_for_line("Generation 2 serves"));
  CHECK(server.stop() == 0);
  const std::string lines = server.read_file("hooks");
  CHECK(lines.rfind("on_exit 2\n") == lines.size() - 10);
  CHECK(count_in(lines, "when_ready") == 1);
}

TEST_CASE("hooks: an upgrade is told before, and the new master starts with its own") {
  ServerProcess server;
  server.yaml = with_hooks({"on_starting", "pre_exec"}) + "chdir: " + server.file("") + "\n";
  REQUIRE(server.serve());
  server.signal(SIGUSR2);
  CHECK(server.wait_for_end() == 0);
  REQUIRE(server.wait_for_line("has the service now"));
  CHECK(server.wait_for_text("hooks", "pre_exec 1\n"));
  CHECK(count_in(server.read_file("hooks"), "on_starting 1\n") == 2);
}

TEST_CASE("hooks: a start that its hook refuses ends with a sentence, and leaves nothing behind") {
  ServerProcess server;
  server.yaml = "workers: 1\npidfile: pid\non_starting: sh -c 'exit 7'\n";
  server.start();
  CHECK(server.wait_for_end() == 1);
  CHECK(server.count_lines("the hook on_starting ended with exit code 7") == 1);
  CHECK(server.read_file("pid").empty());
}

TEST_CASE("hooks: one that hangs holds up nothing, and is ended") {
  ServerProcess server;
  server.yaml = "workers: 1\nhook_timeout: 300ms\nwhen_ready: sleep 600\non_reload: /bin/false\n";
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.wait_for_line("The hook when_ready (pid "));
  server.signal(SIGHUP);
  CHECK(server.wait_for_line("Generation 2 serves"));
  CHECK(server.wait_for_line("A hook failed: the hook on_reload ended with exit code 1"));
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
