// Connections that outlive the worker they were accepted by: over reloads and recycling a client that is idle, or about
// to speak, notices nothing.
#include <algorithm>

#include "e2e/classes.hpp"
#include "support/wires.hpp"

namespace orrery::test {

namespace {

bool all_gone(const std::vector<pid_t>& pids) {
  return eventually([&] { return std::none_of(pids.begin(), pids.end(), ServerProcess::alive); });
}

}  // namespace

TEST_CASE("handover: 200 idle connections outlive a reload, evenly") {
  const bool unix_socket = GENERATE(false, true);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "4", "-k", GENERATE(from_range(kClasses))}};
  if (unix_socket) server.arguments.insert(server.arguments.end(), {"-b", "unix:socket"});
  REQUIRE(server.serve());
  const Wire::Place place = unix_socket ? Wire::Place{0, server.file("socket"), false} : server.place();
  const Wires wires = idle_connections(place, 200);
  const auto before = server.workers();
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  REQUIRE(all_gone(before));
  const auto count = owners(wires);
  const auto after = server.workers();
  CHECK(count.size() == 4);
  for (const pid_t pid : after) {
    const auto mine = count.find(pid);
    REQUIRE(mine != count.end());
    CHECK(mine->second >= 40);
    CHECK(mine->second <= 60);
  }
  CHECK(server.count_lines("[WARNING]") == 0);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("Served 400 requests on 200 connections") == 1);
}

TEST_CASE("handover: 200 idle connections outlive every worker's recycling") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "2", "--max-requests", "150", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto before = server.workers();
  const Wires wires = idle_connections(server.place(), 200);
  for (int i = 0; i < 2000 && server.count_lines("reached max_requests") < 4; ++i)
    CHECK(fetch(server.port(), "GET /constant").status == 200);
  REQUIRE(all_gone(before));
  CHECK(owners(wires).count(0) == 0);
  CHECK(owners(wires).count(0) == 0);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[WARNING]") == 0);
}

TEST_CASE("handover: what is under way is answered where it began, and the connection goes on elsewhere") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto before = server.workers();
  Wire in_handler{server.port()};
  in_handler.send(request("GET /later?ms=700"));
  Wire half_sent{server.port()};
  half_sent.send("GET /pid HT");
  Wire not_begun{server.port()};
  Wire second_half_sent{server.port()};
  CHECK(owner(second_half_sent) > 0);
  second_half_sent.send("GET /p");
  CHECK(in_handler.read(100ms).problem == "silent");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  const Answer answer = in_handler.read();
  CHECK(answer.body == "later\n");
  CHECK_FALSE(answer.closes());
  half_sent.send("TP/1.1\r\nHost: a\r\n\r\n");
  second_half_sent.send("id HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(half_sent.read().status == 200);
  CHECK(second_half_sent.read().status == 200);
  REQUIRE(all_gone(before));
  for (Wire* wire : {&in_handler, &half_sent, &not_begun, &second_half_sent}) {
    const auto workers = server.workers();
    CHECK(std::find(workers.begin(), workers.end(), owner(*wire)) != workers.end());
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("handover: a smaller number of workers keeps every connection") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "3", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const Wires wires = idle_connections(server.place(), 60);
  server.signal(SIGTTOU);
  REQUIRE(server.wait_for_workers(2));
  server.signal(SIGTTOU);
  REQUIRE(server.wait_for_workers(1));
  CHECK(owners(wires) == std::map<pid_t, int>{{server.workers()[0], 60}});
  CHECK(server.stop() == 0);
}

TEST_CASE("handover: TERM to the only worker restarts it and costs nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const Wires wires = idle_connections(server.place(), 30);
  const auto before = server.workers();
  ::kill(before[0], SIGTERM);
  REQUIRE(all_gone(before));
  CHECK(owners(wires) == std::map<pid_t, int>{{server.workers()[0], 30}});
  CHECK(server.wait_for_line("was sent TERM by somebody else: it leaves when its replacement is ready"));
  CHECK(server.wait_for_line("TERM from pid " + std::to_string(::getpid())));
  CHECK(server.stop() == 0);
}

TEST_CASE("handover: a generation that is given up gives its connections back") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 2\nbind: 127.0.0.1:0\n";
  REQUIRE(server.serve());
  const auto before = server.workers();
  const Wires wires = idle_connections(server.place(), 40);
  server.write_config("workers: 2\nbind: 127.0.0.1:0\nraw_env: ['ECHO_START=once']\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is given up, generation 1 stays"));
  CHECK(server.wait_for_workers(2));
  CHECK(owners(wires).count(0) == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("handover: idle connections keep their deadline and their client's address") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--keep-alive", "2s"}};
  server.yaml = "accesslog: access.log\naccess_log_format: '%(h)s %(U)s'\n";
  REQUIRE(server.serve());
  Wire other{server.port()};
  CHECK(owner(other) > 0);
  Wire wire{server.port()};
  const pid_t first = owner(wire);
  const auto asked = std::chrono::steady_clock::now();
  server.signal(SIGHUP);
  REQUIRE(all_gone({first}));
  CHECK(owner(other) > 0);
  CHECK(wire.closes_within());
  const auto rested = std::chrono::steady_clock::now() - asked;
  CHECK(rested > 1900ms);
  CHECK(rested < 3000ms * kSlowness);
  CHECK(server.stop() == 0);
  CHECK(count_in(server.read_file("access.log"), "127.0.0.1 /pid\n") == 3);
}

TEST_CASE("handover: a full stop still ends what is idle") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const Wires wires = idle_connections(server.place(), 20);
  server.signal(SIGTERM);
  for (const auto& wire : wires) CHECK(wire->closes_within());
  CHECK(server.wait_for_end() == 0);
}

TEST_CASE("handover: a stop in the middle of a reload ends everything in time") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const Wires wires = idle_connections(server.place(), 50);
  server.signal(SIGHUP);
  server.signal(SIGTERM);
  CHECK(server.wait_for_end(5s * kSlowness) == 0);
  for (const auto& wire : wires) CHECK(wire->closes_within());
}

}  // namespace orrery::test
