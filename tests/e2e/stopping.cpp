// Stopping, recycling, giving up: what is in flight is finished, what is stuck is ended, nothing is left behind.
#include <array>
#include <fcntl.h>
#include <sys/socket.h>

#include "e2e/classes.hpp"
#include "support/load.hpp"

namespace orrery::test {

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

TEST_CASE("stopping: TERM answers what is in flight, closes what is idle, and exits 0") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", worker_class}};
  REQUIRE(server.serve());
  Wire idle{server.port()};
  CHECK(idle.ask("GET /constant").status == 200);
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 8; ++i) {
    wires.push_back(std::make_unique<Wire>(server.port()));
    wires.back()->send(request(i % 2 == 0 ? "GET /later?ms=400" : "GET /sleep?ms=100"));
  }
  Wire streaming{server.place(), 4096};
  streaming.send(request("GET /pull?bytes=3000000"));
  CHECK(!streaming.read_some(10).empty());
  Wire half{server.port()};
  half.send("GET /constant HTTP/1.1\r\nHo");
  CHECK(half.read(50ms).problem == "silent");
  server.signal(SIGTERM);
  CHECK(idle.closes_within());
  half.send("st: a\r\n\r\n");
  const Answer to_half = half.read();
  CHECK(to_half.status == 200);
  CHECK(to_half.closes());
  for (const auto& wire : wires) {
    const Answer answer = wire->read();
    CHECK(answer.status == 200);
    CHECK(wire->closes_within());
  }
  CHECK(streaming.read_to_end().size() > 2'900'000);
  CHECK(server.wait_for_end() == 0);
  CHECK(server.everybody().empty());
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.count_lines("[WARNING]") == 0);
}

TEST_CASE("stopping: TERM under load loses nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "4", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Load load;
  load.start(url(server.port(), "/sleep?ms=5"), 4, true);
  load.start(url(server.port(), "/sleep?ms=5"), 4, false);
  REQUIRE(load.answers(100));
  CHECK(server.stop() == 0);
  const LoadAccount account = load.stop();
  INFO(account.first_problem);
  CHECK(account.failed == 0);
  CHECK(account.reset == 0);  // refused at the end: nobody is there any more
}

TEST_CASE("stopping: with drain_delay serving goes on after TERM, and a second TERM ends it") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(), {"--drain-delay", "30s"});
  REQUIRE(server.serve());
  Load load;
  load.start(url(server.port()), 2, true);
  load.start(url(server.port()), 2, false);
  REQUIRE(load.answers(20));
  server.signal(SIGTERM);
  REQUIRE(server.wait_for_line("Serving goes on for 30.0 s (drain_delay)"));
  REQUIRE(load.answers(200));
  ::kill(server.workers()[0], SIGKILL);  // still a whole service
  CHECK(server.wait_for_workers(2));
  REQUIRE(load.answers(20));
  server.signal(SIGHUP);
  CHECK(server.wait_for_line("HUP is ignored: the service is stopping"));
  const long lost = load.stop().reset;
  CHECK(lost <= 4);  // those in flight with the one that was killed
  CHECK(server.stop() == 0);
}

TEST_CASE("stopping: drain_delay ends by itself") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--drain-delay", "300ms"}};
  REQUIRE(server.serve());
  const auto begin = Clock::now();
  CHECK(server.stop() == 0);
  CHECK(Clock::now() - begin > 290ms);
}

TEST_CASE("stopping: max_requests recycles workers and loses nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 2\nmax_requests: 100\nmax_requests_jitter: 20\n";
  REQUIRE(server.serve());
  const auto before = server.workers();
  Load load;
  load.start(url(server.port()), 2, true);
  load.start(url(server.port()), 2, false);
  CHECK(eventually([&] { return server.count_lines("reached max_requests") >= 4; }));
  CHECK(load.stop().clean());
  CHECK(server.wait_for_workers(2));
  CHECK(server.workers() != before);
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("stopping: INT does not wait for requests") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request("GET /sleep?ms=30000"));
  CHECK(wire.read(100ms).problem == "silent");
  const int signo = GENERATE(SIGINT, SIGQUIT);
  const auto begin = Clock::now();
  server.signal(signo);
  CHECK(server.wait_for_end() == 0);
  CHECK(Clock::now() - begin < 1s * kSlowness);
  CHECK(server.everybody().empty());
}

TEST_CASE("stopping: Ctrl-C reaches the whole group and is no crash") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "4", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  ::kill(-server.pid(), SIGINT);
  CHECK(server.wait_for_end() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.count_lines("Booting") == 4);
}

TEST_CASE("stopping: a worker that cannot even quit is killed after two seconds, or at the second INT") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2"}};
  REQUIRE(server.serve());
  ::kill(server.workers()[0], SIGSTOP);
  const auto begin = Clock::now();
  server.signal(SIGINT);
  SECTION("two seconds") {
    CHECK(server.wait_for_end() == 0);
    CHECK(Clock::now() - begin > 1900ms);
  }
  SECTION("second INT") {
    REQUIRE(server.wait_for_line("Handling signal: int"));
    server.signal(SIGINT);
    CHECK(server.wait_for_end() == 0);
    CHECK(Clock::now() - begin < 1500ms * kSlowness);
  }
  CHECK(server.everybody().empty());
}

TEST_CASE("stopping: TERM waits graceful_timeout for a stuck handler, no longer") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  const char* slow = worker_class == "async" ? "GET /later?ms=30000" : "GET /sleep?ms=30000";
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", worker_class, "--graceful-timeout", "500ms"}};
  server.yaml = "workers: 2\naccesslog: access.log\n";
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request(slow));
  CHECK(wire.read(150ms).problem == "silent");
  const auto begin = Clock::now();
  CHECK(server.stop() == 0);
  CHECK(Clock::now() - begin > 450ms);
  CHECK(Clock::now() - begin < 2500ms * kSlowness);
  CHECK(server.count_lines("still there after graceful_timeout") == 1);
  CHECK(server.wait_for_line("requests in flight: 1: "));
  // What the scoreboard keeps of a request is its path.
  const std::string line = std::string{slow}.substr(0, std::string{slow}.find('?')) + " HTTP/1.1\" 500";
  CHECK(count_in(server.read_file("access.log"), line) == 1);
}

TEST_CASE("stopping: a reader of the error log that stops holds up neither the workers nor the master") {
  std::array<int, 2> ends{};
  const bool socket = GENERATE(false, true);
  REQUIRE((socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data())
                  : ::pipe2(ends.data(), O_CLOEXEC)) == 0);
  const base::UniqueFd reader{ends[0]};
  base::UniqueFd writer{ends[1]};
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  const std::string path = server.file("s");
  server.arguments.insert(server.arguments.end(), {"-b", "unix:" + path});
  server.in_child = [&writer] { ::dup2(writer.get(), STDERR_FILENO); };
  server.start();
  writer.reset();
  const Wire::Place place{0, path, false};
  REQUIRE(eventually([&] { return Wire{place}.connected(); }));
  Wire wire{place};
  for (int i = 0; i < 4000; ++i) REQUIRE(wire.ask("GET /throw").status == 500);
  // The master says what it does, too.
  const auto before = server.workers();
  server.signal(SIGHUP);
  CHECK(eventually([&] {
    const auto now = server.workers();
    return now.size() == 2 && now[0] != before[0] && now[1] != before[1];
  }));
  CHECK(server.stop() == 0);
  // There is room again, but whoever had something to say is gone: what came before is whole lines.
  std::string log(1'000'000, '\0');
  const ssize_t got = ::read(reader.get(), log.data(), log.size());
  REQUIRE(got > 1000);
  CHECK(log.starts_with("["));
}

TEST_CASE("stopping: TERM while a worker boots") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "--graceful-timeout", "500ms"}};
  server.environment = {{"ECHO_START", "hang"}};
  server.start();
  REQUIRE(server.wait_for_line("Booting worker"));
  CHECK(server.stop() == 0);
  CHECK(server.everybody().empty());
}

}  // namespace orrery::test
