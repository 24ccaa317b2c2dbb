// Reload under load: whatever HUP brings, no client notices.
#include "e2e/classes.hpp"
#include "support/load.hpp"

namespace orrery::test {

namespace {

void check_clean(const LoadAccount& account) {
  INFO(account.first_problem);
  CHECK(account.ok > 0);
  CHECK(account.failed == 0);
  CHECK(account.refused == 0);
  CHECK(account.reset == 0);
}

}  // namespace

TEST_CASE("reload: HUP under load loses nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Load load;
  load.start(url(server.port()), 4, true);
  load.start(url(server.port()), 4, false);
  for (int generation = 2; generation <= 4; ++generation) {
    REQUIRE(load.answers(50));
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Generation " + std::to_string(generation) + " serves"));
  }
  REQUIRE(load.answers(50));
  check_clean(load.stop());
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
