// Reload under load: whatever HUP brings, no client notices; and what it says.
#include <filesystem>
#include <fstream>

#include "e2e/classes.hpp"
#include "e2e/clean_load.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

/// Kept-alive and new connections together.
void start_load(Load& load, const ServerProcess& server) {
  load.start(url(server.port()), 4, true);
  load.start(url(server.port()), 4, false);
}

/// A copy of the echo service that a test may replace.
std::string copy_of_echo(const ServerProcess& server) {
  const std::string path = server.file("echo");
  std::filesystem::copy_file(echo_binary(), path);
  return path;
}

}  // namespace

TEST_CASE("reload: HUP under load loses nothing, with any strategy") {
  const std::string strategy = GENERATE("rolling", "surge", "all");
  const int workers = GENERATE(1, 3);
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: " + std::to_string(workers) + "\nreload_strategy: " + strategy + "\n";
  REQUIRE(server.serve());
  Load load;
  start_load(load, server);
  for (int generation = 2; generation <= 3; ++generation) {
    REQUIRE(load.answers(30));
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Generation " + std::to_string(generation) + " serves"));
  }
  REQUIRE(load.answers(30));
  check_clean(load.stop());
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("reload: with one worker the replacement is ready before the old one gets TERM") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  REQUIRE(server.serve());
  const pid_t before = server.workers()[0];
  Wire idle{server.port()};
  CHECK(idle.ask("GET /constant").status == 200);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  REQUIRE(eventually([&] { return server.wait_for_workers(1) && server.workers()[0] != before; }));
  const std::string log = server.log();
  CHECK(log.find("Generation 2 is ready with 1 worker") < log.find("has left as asked"));
}

TEST_CASE("reload: one that fails to become ready changes nothing, under load") {
  ServerProcess server;
  server.yaml = "workers: 2\nboot_timeout: 1s\n";
  REQUIRE(server.serve());
  const auto before = server.workers();
  Load load;
  start_load(load, server);
  REQUIRE(load.answers(30));
  const std::string how = GENERATE("fail", "throw", "hang");
  server.write_config("workers: 2\nboot_timeout: 1s\nraw_env: ['ECHO_START=" + how + "']\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is given up, generation 1 stays"));
  REQUIRE(load.answers(30));
  check_clean(load.stop());
  CHECK(eventually([&] { return server.workers() == before; }));
  CHECK(server.stop() == 0);
}

TEST_CASE("reload: says each changed key, and again what it cannot apply") {
  ServerProcess server;
  server.yaml = "workers: 1\nkeepalive: 5s\n";
  REQUIRE(server.serve());
  server.write_config("workers: 2\nkeepalive: 7s\numask: 027\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  CHECK(server.count_lines("Reload: workers: 1 -> 2\n") == 1);
  CHECK(server.count_lines("Reload: keepalive: 5s -> 7s\n") == 1);
  CHECK(server.count_lines("Reload: umask:  -> 027 (needs a restart") == 1);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 3 serves"));
  CHECK(server.count_lines("Reload: umask:  -> 027 (needs a restart") == 2);
  CHECK(server.count_lines("Reload: workers") == 1);
}

TEST_CASE("reload: a HUP during a reload supersedes it") {
  ServerProcess server;
  server.yaml = "workers: 2\ngraceful_timeout: 1s\n";
  REQUIRE(server.serve());
  server.write_config("workers: 2\ngraceful_timeout: 1s\nraw_env: ['ECHO_START=hang']\n");
  Load load;
  start_load(load, server);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Reload: raw_env"));
  server.write_config("workers: 3\ngraceful_timeout: 1s\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is superseded by generation 3"));
  REQUIRE(server.wait_for_line("Generation 3 serves: 3 of 3 workers ready"));
  REQUIRE(load.answers(30));
  check_clean(load.stop());
  CHECK(server.stop() == 0);
}

TEST_CASE("reload: another binary on disk is said, with what starts it") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.binary = copy_of_echo(server);
  REQUIRE(server.serve());
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  CHECK(server.count_lines("has changed since this service started") == 0);
  std::filesystem::remove(server.binary);
  std::filesystem::copy_file(orrery_binary(), server.binary);
  server.signal(SIGHUP);
  CHECK(server.wait_for_line(server.binary + " has changed since this service started"));
  CHECK(server.wait_for_line("Generation 3 serves"));
}

TEST_CASE(
    "reload: a variable that raw_env has no more is gone, and one it hid is back; proc_name renames the "
    "master") {
  ServerProcess server;
  server.environment = {{"HIDDEN", "below"}};
  const std::string common = "workers: 1\naccesslog: access.log\naccess_log_format: '%(U)s %({ONE}e)s %({HIDDEN}e)s'\n";
  server.yaml = common + "raw_env: ['ONE=1', 'HIDDEN=above']\nproc_name: first\n";
  REQUIRE(server.serve());
  CHECK(ServerProcess::titled(server.pid(), "first: master ["));
  CHECK(fetch(server.port(), "GET /echo/a").status == 200);
  CHECK(server.wait_for_text("access.log", "/echo/a 1 above\n"));
  server.write_config(common + "proc_name: second\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  // The old worker may still take one or two.
  CHECK(eventually([&] {
    CHECK(fetch(server.port(), "GET /echo/b").status == 200);
    return server.read_file("access.log").find("/echo/b - below\n") != std::string::npos;
  }));
  CHECK(eventually([&] { return ServerProcess::titled(server.pid(), "second: master ["); }));
}

TEST_CASE("reload: workers that grow too old are replaced under load, nothing is lost") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 2\nmax_worker_lifetime: 300ms\n";
  REQUIRE(server.serve());
  Load load;
  start_load(load, server);
  CHECK(eventually([&] { return server.count_lines("has reached max_worker_lifetime") >= 4; }));
  REQUIRE(load.answers(30));
  check_clean(load.stop());
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("reload: a worker that grows too large is replaced, nothing is lost") {
  ServerProcess server;
  const bool hard = GENERATE(false, true);
  server.yaml = std::string{"workers: 1\nmax_worker_memory"} + (hard ? "_hard" : "") + ": 200m\n";
  REQUIRE(server.serve());
  const pid_t before = server.workers()[0];
  Load load;
  start_load(load, server);
  REQUIRE(load.answers(30));
  CHECK(fetch(server.port(), "GET /grow?bytes=300000000").status == 200);
  CHECK(server.wait_for_line(hard ? "above max_worker_memory_hard: it leaves now"
                                  : "above max_worker_memory: it leaves when"));
  CHECK(eventually([&] { return server.workers().size() == 1 && server.workers()[0] != before; }, kPatience));
  REQUIRE(load.answers(30));
  check_clean(load.stop());
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
