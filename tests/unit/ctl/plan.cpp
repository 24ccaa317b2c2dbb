#include "ctl/plan.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <utility>

#include "support/temporary_directory.hpp"

namespace orrery::ctl {

namespace {

config::Outcome outcome_of(const std::string& yaml) {
  const test::TemporaryDirectory directory;
  std::ofstream(directory.file("a.yaml")) << yaml;
  config::Sources sources;
  sources.arguments = {"-c", directory.file("a.yaml")};
  config::Outcome outcome = config::load(sources);
  REQUIRE(outcome.complaints.empty());
  return outcome;
}

}  // namespace

TEST_CASE("plan: against a file each change is told with what it costs") {
  const Plan plan = plan_against(
      outcome_of("workers: 2\ntimeout: 30s\nbind: 127.0.0.1:8000\n"),
      outcome_of("workers: 4\ntimeout: 40s\nbind: 127.0.0.1:9000\nproc_name: planets\nmonitor: 127.0.0.1:9100\n"));
  CHECK(plan_text(plan, {}) ==
        "SETTING           COSTS    OLD -> NEW\n"
        "bind              rebind   127.0.0.1:8000 -> 127.0.0.1:9000\n"
        "workers           live     2 -> 4\n"
        "monitor           restart  nothing -> 127.0.0.1:9100\n"
        "timeout           respawn  30s -> 40s\n"
        "request_deadline  respawn  30s -> 40s\n"
        "proc_name         respawn  orrery -> planets\n"
        "A reload opens and closes addresses, and replaces the workers. One change needs a restart, or an upgrade "
        "(USR2); a reload does not apply it.\n");
  CHECK(plan_text(plan_against(outcome_of("workers: 2\n"), outcome_of("# same\nworkers: 2\n")), {}) ==
        "Nothing would change.\n");
}

TEST_CASE("plan: against a service the command line stays, and its environment where the file is silent") {
  Configuration running;
  running.settings = {{"timeout", "10s", "--timeout", {}},
                      {"keepalive", "5s", "--keep-alive on the command line", {}},
                      {"workers", "8", "environment WEB_CONCURRENCY", {}},
                      {"backlog", "1024", "old.yaml:3", {}},
                      {"forwarded_allow_ips", "127.0.0.1,::1", "default", {}},
                      {"graceful_timeout", "30", "default", {}},
                      {"a_later_setting", "1", "default", {}}};
  const Plan plan = plan_against(running, outcome_of("timeout: 40s\nbacklog: 4096\n"));
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].name == "backlog");
  CHECK(plan.changes[0].from == "1024");
  CHECK(plan.changes[0].to == "4096");
  CHECK_THAT(plan_text(plan, {}), Catch::Contains("timeout: 40s of the file stays hidden by --timeout\n"));
  CHECK(plan_json(plan) == R"({"changes":[{"impact":"rebind","name":"backlog","new":"4096","old":"1024"}],)"
                           R"("hidden":[{"hidden_by":"--timeout","name":"timeout","new":"40s"}]})"
                           "\n");
  const Plan given = plan_against(running, outcome_of("workers: 2\nbacklog: 1024\n"));
  REQUIRE(given.changes.size() == 1);
  CHECK(given.changes[0].name == "workers");
}

}  // namespace orrery::ctl
