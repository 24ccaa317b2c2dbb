// A reload with a canary under load: one that is worse than its siblings never gets company, and one that is not does.
#include <csignal>

#include "e2e/watched.hpp"
#include "support/json.hpp"
#include "support/load.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

/// A server of two workers whose settings file is written anew for each generation, under a load of short connections.
struct Tried : Watched {
  explicit Tried(const std::string& worker_class) : Watched({"-k", worker_class, "--threads", "2"}) {
    server.yaml = "raw_env: [ECHO_FLAKY=0]\n";
  }
  void serve() {
    Watched::serve();
    load.start(url(server.port(), "/flaky"), 4, false, std::chrono::milliseconds{2});
  }
  /// What becomes of a reload whose handlers fail for so many of a hundred requests.
  Outcome reload(int flaky, const std::string& terms = {}) {
    server.write_config("raw_env: [ECHO_FLAKY=" + std::to_string(flaky) + "]\n");
    return order("/reload?canary=1&canary-requests=40&wait=60" + terms);
  }
  Load load;
};

}  // namespace

TEST_CASE("canary: a generation with 30 % errors never reaches a second worker, in every class") {
  for (const std::string& worker_class : kClasses) {
    INFO(worker_class);
    Tried tried{worker_class};
    tried.serve();
    const auto before = tried.server.workers();
    const auto outcome = tried.reload(30);
    CHECK(outcome.status == 409);
    CHECK(outcome.outcome == "failed");
    CHECK_THAT(outcome.text, Catch::Contains("Generation 2 is given up, generation 1 stays: ") &&
                                 Catch::Contains(" failed, and 0.0 % of its siblings'"));
    const nlohmann::json status = tried.status();
    CHECK(status["workers"]["started"] == 3);
    CHECK(status["generation"] == 1);
    CHECK(status["reload"]["outcome"] == "given_up");
    CHECK(status["canary"]["worker"] == nullptr);
    CHECK(status["canary"]["rolled_back"] == 1);
    CHECK(tried.server.wait_for_workers(2));
    CHECK(tried.server.workers() == before);
    CHECK(tried.events_say("canary", "The canary is rolled back, generation 2 is given up"));
    CHECK(tried.ask("GET /metrics").body.find("orrery_canaries_total{outcome=\"rolled_back\"} 1\n") !=
          std::string::npos);
    const LoadAccount account = tried.load.stop();
    CHECK(account.refused == 0);
    CHECK(account.reset == 0);
  }
}

TEST_CASE("canary: a good generation is promoted, and no request is lost, in every class") {
  for (const std::string& worker_class : kClasses) {
    INFO(worker_class);
    Tried tried{worker_class};
    tried.serve();
    const auto outcome = tried.reload(0);
    INFO(outcome.text);
    CHECK(outcome.status == 200);
    CHECK_THAT(outcome.text, Catch::Contains("Generation 2 is ready with 2 workers: the canary answered "));
    CHECK(tried.server.wait_for_workers(2));
    const nlohmann::json status = tried.status();
    CHECK(status["workers"]["started"] == 4);
    CHECK(status["generation"] == 2);
    CHECK(status["canary"]["promoted"] == 1);
    CHECK(tried.events_say("canary", "The canary of generation 2 is promoted: "));
    const LoadAccount account = tried.load.stop();
    INFO(account.first_problem);
    CHECK(account.ok > 0);
    CHECK(account.clean());
  }
}

TEST_CASE("canary: its probe is answered before any client, in every class") {
  for (const std::string& worker_class : kClasses) {
    INFO(worker_class);
    Tried tried{worker_class};
    tried.serve();
    const auto outcome = tried.reload(100, "&canary-probe=/flaky");
    CHECK(outcome.outcome == "failed");
    CHECK_THAT(outcome.text, Catch::Contains("its answer to the probe was bad"));
    CHECK(tried.server.wait_for_line("the canary's probe failed: GET /flaky was answered 500"));
    const LoadAccount account = tried.load.stop();
    INFO(account.first_problem);
    CHECK(account.clean());
  }
}

TEST_CASE("canary: one that dies is a rollback, and a good generation comes after it") {
  Tried tried{"async"};
  tried.serve();
  const auto before = tried.server.workers();
  REQUIRE(tried.order("/reload?canary=1&canary-requests=1000000&wait=0").outcome == "begun");
  REQUIRE(tried.server.wait_for_line("Generation 2 begins with a canary, worker 3, beside 2 workers of generation 1"));
  REQUIRE(tried.server.wait_for_workers(3));
  for (const pid_t pid : tried.server.workers())
    if (std::ranges::count(before, pid) == 0) ::kill(pid, SIGKILL);
  CHECK(
      tried.server.wait_for_line("The canary is rolled back, generation 2 is given up and generation 1 stays: Worker"));
  CHECK(eventually([&] { return tried.server.workers() == before; }, kPatience));
  CHECK(tried.order("/reload").text == "Generation 3 is ready with 2 workers.");
  tried.server.stop();
}

TEST_CASE("canary: where too few requests come the verdict is the configured one, and ctl tells it") {
  for (const char* const verdict : {"roll-back", "promote"}) {
    INFO(verdict);
    Watched watched;
    watched.serve();
    const Said said = run_tool(orrery_binary(),
                               {"ctl", "--socket", watched.server.file("admin.sock"), "reload", "--canary",
                                "--canary-limit", "1s", "--canary-verdict", verdict},
                               {});
    const bool promotes = std::string{verdict} == "promote";
    CHECK(said.exit == (promotes ? 0 : 1));
    CHECK_THAT(promotes ? said.output : said.complaint,
               Catch::Contains("the canary answered 0 of 100 requests within 1 s, which is too few to compare") &&
                   Catch::Contains(std::string{"the verdict for that is "} + verdict));
  }
}

TEST_CASE("canary: where the order says no terms those of the new generation's settings hold") {
  Watched watched;
  watched.server.yaml = "timeout: 30s\n";
  watched.serve();
  watched.server.write_config("raw_env: [ECHO_FLAKY=100]\ncanary_probe: /flaky\n");
  CHECK_THAT(watched.order("/reload?canary=1").text, Catch::Contains("its answer to the probe was bad"));
  watched.server.write_config("canary_requests: 1000\ncanary_limit: 1s\ncanary_verdict: promote\n");
  CHECK_THAT(watched.order("/reload?canary=1").text,
             Catch::Contains("the canary answered 0 of 1000 requests within 1 s") && Catch::Contains("promote"));
  CHECK(watched.status()["generation"] == 3);
  watched.server.write_config("canary_requests: 1000\ncanary_limit: 1h\n");
  CHECK_THAT(watched.order("/reload?canary=1&canary-limit=1").text,
             Catch::Contains("the canary answered 0 of 1000 requests within 1 s") && Catch::Contains("roll-back"));
  CHECK(watched.status()["generation"] == 3);
}

TEST_CASE("canary: a stop, and an upgrade, while one is on trial") {
  Watched watched;
  watched.serve();
  REQUIRE(watched.order("/reload?canary=1&wait=0").outcome == "begun");
  REQUIRE(watched.server.wait_for_workers(3));
  CHECK(eventually([&] { return watched.status()["canary"]["worker"] == 3; }, kPatience));
  const auto refused = watched.order("/upgrade");
  CHECK(refused.outcome == "refused");
  CHECK(refused.text == "A canary is on trial; try again when it is decided.");
  CHECK(watched.server.stop() == 0);
}

}  // namespace orrery::test
