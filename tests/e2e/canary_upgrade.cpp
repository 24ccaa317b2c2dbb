// An upgrade with a canary under load: the first worker of the new binary is compared with those of the old one, before
// it gets company.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "e2e/watched.hpp"
#include "support/json.hpp"
#include "support/load.hpp"
#include "support/programs.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* kBooting = "Booting worker with pid: ";

/// A server of two workers under a load of short connections, whose binary and settings are files of its own.
struct Tried : Watched {
  explicit Tried(const std::string& worker_class, std::string more = {})
      : Watched({"-k", worker_class, "--threads", "2"}), more_(std::move(more)) {
    server.binary = server.file("service");
    fs::copy_file(echo_binary(), server.binary);
    server.yaml = settings(0);
  }
  /// Each request takes so long that what a busy machine adds is no difference in latency.
  void serve() {
    Watched::serve();
    load.start(url(server.port(), "/flaky?ms=20"), 4, false, std::chrono::milliseconds{2});
  }
  /// What becomes of an upgrade whose handlers fail for so many of a hundred requests.
  Outcome upgrade(int flaky, const std::string& terms = {}) {
    server.write_config(settings(flaky));
    return order("/upgrade?canary=1&canary-requests=20&wait=120" + terms);
  }
  void install_script(const std::string& text) const {
    std::ofstream{server.file("next")} << text;
    fs::permissions(server.file("next"), fs::perms::owner_all);
    fs::rename(server.file("next"), server.binary);
  }
  /// The pid of the new master, as the log says.
  [[nodiscard]] pid_t successor() const {
    const std::string log = server.log(), mark = "Upgrade: the new master has pid ";
    const std::size_t at = log.find(mark);
    return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + mark.size());
  }
  /// The old master serves as if nothing had been.
  void check_nothing_changed(const std::vector<pid_t>& before) {
    CHECK(server.workers() == before);
    const LoadAccount then = load.so_far();
    CHECK(load.answers(100));
    const LoadAccount account = load.stop();
    CHECK(account.failed == then.failed);
    CHECK(account.refused == 0);
    CHECK(account.reset == 0);
    CHECK(server.stop() == 0);
  }
  /// The new master has the service, and stops.
  void stop_successor() {
    const pid_t heir = successor();
    REQUIRE(heir != 0);
    server.adopt(heir);
    ::kill(heir, SIGTERM);
    CHECK(eventually([&] { return !ServerProcess::alive(heir); }, kPatience));
  }

  Load load;

 private:
  [[nodiscard]] std::string settings(int flaky) const {
    return more_ + "raw_env: [ECHO_FLAKY=" + std::to_string(flaky) + "]\n";
  }
  std::string more_;
};

}  // namespace

TEST_CASE("canary upgrade: a binary with 30 % errors never has a second worker, in every class") {
  for (const std::string& worker_class : kClasses) {
    INFO(worker_class);
    Tried tried{worker_class};
    tried.serve();
    const auto before = tried.server.workers();
    const auto outcome = tried.upgrade(30);
    CHECK(outcome.status == 409);
    CHECK(outcome.outcome == "failed");
    CHECK_THAT(outcome.text, Catch::StartsWith("The upgrade is given up, nothing changed: ") &&
                                 Catch::Contains(" failed, and 0.0 % of its siblings'"));
    CHECK(tried.server.count_lines(kBooting) == 3);
    CHECK_FALSE(ServerProcess::alive(tried.successor()));
    CHECK(tried.status()["canary"]["rolled_back"] == 1);
    CHECK(tried.status()["canary"]["worker"] == nullptr);
    CHECK(tried.events_say("canary", "the canary is rolled back and the new master"));
    tried.check_nothing_changed(before);
  }
}

TEST_CASE("canary upgrade: a good binary is promoted, and no request is lost, in every class") {
  for (const std::string& worker_class : kClasses) {
    INFO(worker_class);
    Tried tried{worker_class};
    tried.serve();
    const auto outcome = tried.upgrade(0);
    INFO(outcome.text);
    CHECK(outcome.status == 200);
    CHECK_THAT(outcome.text, Catch::Contains("has taken over; this one leaves: the canary answered "));
    CHECK(tried.server.wait_for_end() == 0);
    CHECK(tried.load.answers(100));
    const LoadAccount account = tried.load.stop();
    INFO(account.first_problem);
    CHECK(account.clean());
    CHECK(tried.server.count_lines(kBooting) == 4);
    CHECK(ServerProcess::workers_of(tried.successor()).size() == 2);
    CHECK(tried.readyz_says(200, "ready"));
    CHECK(eventually(
        [&] {
          return tried.ask("GET /metrics").body.find("orrery_canaries_total{outcome=\"promoted\"} 1\n") !=
                 std::string::npos;
        },
        kPatience));
    tried.stop_successor();
  }
}

TEST_CASE("canary upgrade: the probe is answered before any client, and ctl tells what was found") {
  Tried tried{"async"};
  tried.serve();
  const auto before = tried.server.workers();
  tried.server.write_config("raw_env: [ECHO_FLAKY=100]\n");
  const Said said = run_tool(
      orrery_binary(),
      {"ctl", "--socket", tried.server.file("admin.sock"), "upgrade", "--canary", "--canary-probe", "/flaky"}, {});
  CHECK(said.exit == 1);
  CHECK_THAT(said.complaint,
             Catch::Contains("The upgrade is given up, nothing changed: its answer to the probe was bad"));
  CHECK(tried.server.wait_for_line("the canary's probe failed: GET /flaky was answered 500"));
  CHECK(tried.load.so_far().failed == 0);
  tried.check_nothing_changed(before);
}

TEST_CASE("canary upgrade: a binary that does not know the word is refused") {
  Tried tried{"async"};
  tried.serve();
  const auto before = tried.server.workers();
  tried.install_script(
      "#!/bin/sh\nORRERY_UPGRADE=$(echo $ORRERY_UPGRADE | sed 's/ canary=1//')\nexport ORRERY_UPGRADE\nexec " +
      echo_binary() + " \"$@\"\n");
  const auto outcome = tried.upgrade(0);
  CHECK(outcome.outcome == "refused");
  CHECK(outcome.text ==
        "Upgrade refused, nothing changed: the new binary cannot begin with a canary; upgrade without one.");
  CHECK(tried.status()["canary"]["rolled_back"] == 0);
  tried.check_nothing_changed(before);
}

TEST_CASE("canary upgrade: the old master killed with -9 while the canary serves: the new one goes on with all") {
  Tried tried{"async"};
  tried.serve();
  tried.server.write_config("raw_env: [ECHO_FLAKY=0]\n");
  REQUIRE(tried.order("/upgrade?canary=1&canary-requests=1000000&canary-limit=3600&wait=0").outcome == "begun");
  REQUIRE(tried.server.wait_for_line("begins with a canary, beside the workers of this one"));
  const pid_t heir = tried.successor();
  CHECK(ServerProcess::workers_of(heir).size() == 1);
  tried.server.signal(SIGKILL);
  CHECK(tried.server.wait_for_line("This master (pid " + std::to_string(heir) + ") has the service now"));
  CHECK(eventually([&] { return ServerProcess::workers_of(heir).size() == 2; }, kPatience));
  CHECK(tried.readyz_says(200, "ready"));
  CHECK(tried.load.answers(50));
  tried.load.stop();
  tried.stop_successor();
}

TEST_CASE("canary upgrade: TERM to the old master while the canary serves stops both") {
  Tried tried{"async"};
  tried.serve();
  REQUIRE(tried.order("/upgrade?canary=1&canary-requests=1000000&canary-limit=3600&wait=0").outcome == "begun");
  REQUIRE(tried.server.wait_for_line("begins with a canary, beside the workers of this one"));
  const pid_t heir = tried.successor();
  tried.server.adopt(heir);
  tried.load.stop();
  CHECK(tried.server.stop() == 0);
  CHECK_FALSE(ServerProcess::alive(heir));
}

TEST_CASE("canary upgrade: by hand, both serve once the canary is promoted") {
  Tried tried{"async", "upgrade: manual\n"};
  tried.serve();
  const auto outcome = tried.upgrade(0);
  CHECK(outcome.outcome == "done");
  CHECK_THAT(outcome.text, Catch::Contains("is ready and both serve") && Catch::Contains(": the canary answered "));
  CHECK(ServerProcess::workers_of(tried.successor()).size() == 2);
  tried.server.signal(SIGTERM);
  CHECK(tried.server.wait_for_end() == 0);
  const LoadAccount account = tried.load.stop();
  INFO(account.first_problem);
  CHECK(account.clean());
  tried.stop_successor();
}

}  // namespace orrery::test
