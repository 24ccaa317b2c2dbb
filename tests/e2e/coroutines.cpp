// Handlers that are coroutines: answers and failures as those of any handler, in every class; and their end when nobody
// waits for them any more.
#include <csignal>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Living frames and cancelled sleeps, as the worker counts them.
std::string counts(const ServerProcess& server) { return fetch(server.port(), "GET /task/counts").body; }

bool counted(const ServerProcess& server, const std::string& wanted) {
  return eventually([&] { return counts(server) == wanted; }, kPatience);
}

}  // namespace

TEST_CASE("coroutines: answers") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  SECTION("at once, after a sleep, all, within, from another thread") {
    CHECK(wire.ask("GET /task/now").body == "now\n");
    CHECK(wire.ask("GET /task/sleep?ms=5").body == "slept\n");
    CHECK(wire.ask("GET /task/sleep?ms=0").body == "slept\n");
    CHECK(wire.ask("GET /task/all?ms=5").body == "slept\nslept\nslept\n");
    CHECK(wire.ask("GET /task/within?ms=5&limit=60000").body == "slept\n");
    CHECK(wire.ask("GET /task/thread?ms=5").body == "from a thread\n");
    CHECK(wire.ask("GET /task/thread?ms=0").body == "from a thread\n");
  }
  SECTION("HEAD gets the head alone") {
    wire.send(request("HEAD /task/sleep?ms=5"));
    CHECK(wire.read(kPatience, true).status == 200);
    CHECK(wire.ask("GET /task/now").body == "now\n");
  }
  SECTION("the request is whole after a sleep, though others came on the same connection") {
    std::string many;
    for (int i = 0; i < 20; ++i) {
      const std::string n = std::to_string(i);
      many += request("POST /task/echo/mars" + n + "?q=" + n, "X-Test: t" + n + "\r\nContent-Length: 4\r\n") + "body";
    }
    wire.send(many);
    for (int i = 0; i < 20; ++i) {
      const std::string n = std::to_string(i);
      CHECK(wire.read().body == "POST mars" + n + " q=" + n + " body t" + n + "\n");
    }
    wire.send(request("POST /task/owned", "Content-Length: 100000\r\n") + std::string(100000, 'o'));
    CHECK(wire.read().body == std::string(100000, 'o'));
  }
  SECTION("many at once wait side by side") {
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 100; ++i) {
      wires.push_back(std::make_unique<Wire>(server.port()));
      wires.back()->send(request("GET /task/sleep?ms=300"));
    }
    for (const auto& each : wires) CHECK(each->read().body == "slept\n");
  }
  CHECK(counted(server, "0 0\n"));
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("coroutines: failures are answered as a handler's") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  struct Row {
    const char* target;
    int status;
    const char* logged;
  };
  const Row row = GENERATE(Row{"/task/throw?ms=5", 500, "handler of GET /task/throw failed: thrown on purpose, later"},
                           Row{"/task/throw?ms=0", 500, "handler of GET /task/throw failed: thrown on purpose, later"},
                           Row{"/task/teapot?ms=5", 418, nullptr},
                           Row{"/task/unmade", 500, "handler of GET /task/unmade failed: there is no coroutine"},
                           Row{"/task/within?ms=60000&limit=20", 504, nullptr},
                           Row{"/task/dropped", 500, "failed: the callback that Await gave was dropped without a call"},
                           Row{"/task/gives-up", 500, "failed: it threw Cancelled, though its answer was waited for"});
  INFO(row.target);
  Wire wire{server.port()};
  const Answer answer = wire.ask(std::string{"GET "} + row.target);
  CHECK(answer.status == row.status);
  CHECK(!answer.closes());
  if (row.status == 418) CHECK(count_in(answer.body, "Short and stout.") == 1);
  if (row.logged) CHECK(server.wait_for_line(row.logged));
  CHECK(wire.ask("GET /task/now").body == "now\n");
  CHECK(counts(server).starts_with("0 "));
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == (row.logged ? 1 : 0));
}

TEST_CASE("coroutines: cancelled when nobody waits any more") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 1\nrequest_deadline: 60s\n";
  SECTION("its client leaves with a RST") {
    REQUIRE(server.serve());
    const auto [target, living, cancelled] =
        GENERATE(std::tuple{"/task/sleep?ms=60000", "2", "1"}, std::tuple{"/task/all?ms=60000", "4", "3"},
                 std::tuple{"/task/within?ms=60000&limit=60000", "2", "1"});
    INFO(target);
    Wire wire{server.port()};
    wire.send(request(std::string{"GET "} + target));
    CHECK(counted(server, std::string{living} + " 0\n"));
    wire.reset();
    CHECK(counted(server, std::string{"0 "} + cancelled + "\n"));
  }
  SECTION("a callback that comes after that goes nowhere") {
    REQUIRE(server.serve());
    Wire wire{server.port()};
    wire.send(request("GET /task/thread?ms=300"));
    CHECK(counted(server, "1 0\n"));
    wire.reset();
    CHECK(counted(server, "0 0\n"));
    CHECK(fetch(server.port(), "GET /task/thread?ms=400").body == "from a thread\n");  // ends after the late one
  }
  SECTION("request_deadline has passed: it was answered 504") {
    server.yaml = "workers: 1\nrequest_deadline: 300ms\n";
    REQUIRE(server.serve());
    Wire wire{server.port()};
    CHECK(wire.ask("GET /task/sleep?ms=60000").status == 504);
    CHECK(wire.closes_within());
    CHECK(counted(server, "0 1\n"));
  }
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("coroutines: a worker that leaves waits for them") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  SECTION("until they are answered") {
    server.yaml = "workers: 1\ngraceful_timeout: 60s\n";
    REQUIRE(server.serve());
    Wire wire{server.port()};
    wire.send(request("GET /task/sleep?ms=1000"));
    REQUIRE(counted(server, "2 0\n"));
    server.signal(SIGTERM);
    const Answer answer = wire.read();
    CHECK(answer.body == "slept\n");
    CHECK(answer.closes());
    CHECK(server.wait_for_end() == 0);
    CHECK(server.count_lines("[WARNING]") == 0);
  }
  SECTION("for graceful_timeout; then they are cancelled and answered 503") {
    server.yaml = "workers: 1\ngraceful_timeout: " + std::to_string(1000 * kSlowness) + "ms\n";
    REQUIRE(server.serve());
    Wire wire{server.port()};
    wire.send(request("GET /task/all?ms=60000"));
    REQUIRE(counted(server, "4 0\n"));
    server.signal(SIGTERM);
    const Answer answer = wire.read();
    CHECK(answer.status == 503);
    CHECK(answer.closes());
    CHECK(server.wait_for_end() == 0);
    CHECK(server.count_lines("graceful_timeout is over: 1 suspended handler was cancelled") == 1);
  }
  CHECK(server.count_lines("[ERROR]") == 0);
}

}  // namespace orrery::test
