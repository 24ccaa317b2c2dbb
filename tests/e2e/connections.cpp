// How many connections a worker holds, who has to go when there is no room, and what waits where.
#include "e2e/classes.hpp"

namespace orrery::test {

TEST_CASE("connections: at the limit the longest idle goes first") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 1\nworker_connections: 3\n";
  REQUIRE(server.serve());
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 3; ++i) {
    wires.push_back(std::make_unique<Wire>(server.port()));
    CHECK(wires.back()->ask("GET /constant").status == 200);
  }
  // The first one is used again: now the second has been idle longest.
  CHECK(wires[0]->ask("GET /constant").status == 200);
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(wires[1]->closes_within());
  CHECK(wires[0]->ask("GET /constant").status == 200);
  CHECK(wires[2]->ask("GET /constant").status == 200);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("(refused too_many_connections=1)") == 1);
}

TEST_CASE("connections: one whose client does not take its answer is not idle, and hides none that is") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 1\nworker_connections: 2\nlimit_request_body: 20m\nkeepalive: 60s\ntimeout: " + seconds(30) +
                "\nrequest_deadline: " + seconds(30) + "\n";
  REQUIRE(server.serve());
  constexpr std::size_t kMoreThanTheKernelTakes = 8'000'000;
  Wire deaf{server.place(), 4096};
  deaf.send(request("POST /echo", "Content-Length: " + std::to_string(kMoreThanTheKernelTakes) + "\r\n") +
            std::string(kMoreThanTheKernelTakes, 'x'));
  REQUIRE_FALSE(deaf.read_some(64).empty());
  Wire idle{server.port()};
  CHECK(idle.ask("GET /constant").status == 200);
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(idle.closes_within());
  CHECK_FALSE(deaf.read_some(64).empty());
}

TEST_CASE("connections: when none is idle new ones wait outside") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 1\nworker_connections: 2\n";
  REQUIRE(server.serve());
  Wire first{server.port()};
  first.send("GET /echo HTT");
  Wire second{server.port()};
  second.send(request("GET /later?ms=900"));
  Wire third{server.port()};
  third.send(request("GET /constant"));
  CHECK(third.read(300ms).problem == "silent");
  first.send("P/1.1\r\nHost: a\r\n\r\n");  // done with that one it is idle, and makes room
  CHECK(first.read().status == 200);
  CHECK(third.read().status == 200);
  CHECK(second.read().body == "later\n");
}

TEST_CASE("connections: a full queue of the handler threads is answered 503") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", "threads", "--threads", "1"}};
  server.yaml = "workers: 1\nthread_queue: 1\naccesslog: access.log\n";
  REQUIRE(server.serve());
  Wire running{server.port()};
  running.send(request("GET /sleep?ms=600"));
  Wire waiting{server.port()};
  waiting.send(request("GET /sleep?ms=1"));
  // Either of them may be the one that is refused while the other still is on its way to the thread.
  Wire refused{server.port()};
  const Answer answer = refused.ask("GET /constant");
  CHECK(answer.status == 503);
  CHECK(answer.field("Retry-After") == "1");
  CHECK(refused.closes_within());
  CHECK(running.read().body == "slept\n");
  CHECK(waiting.read().body == "slept\n");
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.count_lines("(queue_full, target /constant)") == 1);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("(refused queue_full=1)") == 1);
}

TEST_CASE("connections: in sync a busy worker leaves new ones to its sibling") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", "sync"}};
  REQUIRE(server.serve());
  Wire busy{server.port()};
  busy.send(request("GET /sleep?ms=" + std::to_string(1500 * kSlowness)));
  REQUIRE(busy.read(200ms).problem == "silent");
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(std::chrono::steady_clock::now() - begin < 1s * kSlowness);
  CHECK(busy.read().body == "slept\n");
}

TEST_CASE("connections: a flood of connects and resets does no harm") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto workers = server.workers();
  for (int i = 0; i < 300; ++i) {
    Wire wire{server.port()};
    if (i % 3 == 1) wire.send("GET /echo HTTP/1.1\r\n");
    if (i % 3 == 2) wire.send(request("GET /sleep?ms=1"));
    wire.reset();
  }
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.workers() == workers);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

}  // namespace orrery::test
