// The lead: one worker has it and no second one ever does, whatever becomes of workers and masters.
#include <algorithm>
#include <csignal>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// What the leaders wrote, one line each: "gained PID", "lost PID", and "TWO PID" for one who was not alone.
struct Ledger {
  explicit Ledger(const ServerProcess& from) : server(from) {}

  [[nodiscard]] std::vector<std::string> lines() const { return lines_of(server.read_file("ledger")); }
  /// Who gained it last, and has not let go since.
  [[nodiscard]] pid_t leader() const {
    pid_t last = 0;
    for (const std::string& line : lines()) {
      std::istringstream words{line};
      std::string what;
      pid_t pid = 0;
      words >> what >> pid;
      if (what == "gained") last = pid;
      if (what == "lost" && pid == last) last = 0;
    }
    return last;
  }
  [[nodiscard]] bool has_living_leader() const { return leader() != 0 && ServerProcess::alive(leader()); }
  /// Somebody other than `before` has it.
  [[nodiscard]] bool moves_from(pid_t before) const {
    return eventually([&] { return leader() != before && has_living_leader(); }, kPatience);
  }
  [[nodiscard]] int times_two() const { return count_in(server.read_file("ledger"), "TWO"); }

  const ServerProcess& server;
};

std::unique_ptr<ServerProcess> start(const std::string& worker_class, const std::string& workers = "3") {
  auto server = std::make_unique<ServerProcess>(ServerProcess::Program::kEcho,
                                                std::vector<std::string>{"-w", workers, "-k", worker_class});
  server->environment = {{"ECHO_LEAD", server->file("ledger")}};
  server->yaml = "graceful_timeout: 10s\n";
  REQUIRE(server->serve());
  return server;
}

}  // namespace

TEST_CASE("lead: one worker has it, and it moves when that one dies or leaves") {
  const auto server = start(GENERATE(from_range(kClasses)));
  const Ledger ledger{*server};
  REQUIRE(ledger.moves_from(0));
  const pid_t first = ledger.leader();
  ::kill(first, SIGKILL);
  REQUIRE(ledger.moves_from(first));
  const pid_t second = ledger.leader();
  ::kill(second, SIGTERM);
  REQUIRE(ledger.moves_from(second));
  CHECK(count_in(server->read_file("ledger"), "lost " + std::to_string(second)) == 1);
  CHECK(count_in(server->read_file("ledger"), "lost " + std::to_string(first)) == 0);
  CHECK(server->stop() == 0);
  CHECK(ledger.leader() == 0);
  CHECK(ledger.times_two() == 0);
}

TEST_CASE("lead: a reload and an upgrade move it to one of the workers that stay") {
  const auto server = start("async");
  const Ledger ledger{*server};
  REQUIRE(ledger.moves_from(0));
  const std::vector<pid_t> old_ones = server->workers();
  const auto is_old = [&](pid_t pid) { return std::find(old_ones.begin(), old_ones.end(), pid) != old_ones.end(); };
  const bool upgrade = GENERATE(false, true);
  server->signal(upgrade ? SIGUSR2 : SIGHUP);
  if (upgrade) CHECK(eventually([&] { return !ServerProcess::alive(server->pid()); }, kPatience));
  CHECK(eventually([&] { return std::none_of(old_ones.begin(), old_ones.end(), ServerProcess::alive); }, kPatience));
  CHECK(eventually([&] { return ledger.has_living_leader() && !is_old(ledger.leader()); }, kPatience));
  CHECK(ledger.times_two() == 0);
}

TEST_CASE("lead: one process alone has it") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--single"}};
  server.environment = {{"ECHO_LEAD", server.file("ledger")}};
  server.start();
  const Ledger ledger{server};
  CHECK(ledger.moves_from(0));
  CHECK(ledger.leader() == server.pid());
  CHECK(server.stop() == 0);
  CHECK(ledger.leader() == 0);
}

TEST_CASE("lead: never two at once, in chaos") {
  const unsigned seed = GENERATE(1U, 2U);
  INFO("seed " << seed);
  std::mt19937 random{seed};
  const auto server = start(GENERATE("async", "threads"), "4");
  const Ledger ledger{*server};
  REQUIRE(ledger.moves_from(0));
  for (int i = 0; i < 25; ++i) {
    const pid_t leader = ledger.leader();
    switch (random() % 5) {
      case 0: server->signal(SIGHUP); break;
      case 1: server->signal(random() % 2 == 0 ? SIGTTIN : SIGTTOU); break;
      case 2: ::kill(leader, SIGTERM); break;
      default: {
        const std::vector<pid_t> workers = server->workers();
        const pid_t victim = random() % 2 == 0 || workers.empty() ? leader : workers[random() % workers.size()];
        if (victim > 0) ::kill(victim, SIGKILL);
      }
    }
    CHECK(eventually([&] { return ledger.has_living_leader(); }, kPatience));
  }
  CHECK(server->stop(kPatience) == 0);
  CHECK(ledger.times_two() == 0);
  CHECK_FALSE(ledger.has_living_leader());  // one that was killed wrote no last line
}

}  // namespace orrery::test
