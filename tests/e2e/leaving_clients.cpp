// Clients that leave before they have their answer: their handlers hear of it, the places that they held behind others
// are given up, and those that have only closed their side have their answer.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <unistd.h>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Longer than any test may take: who is answered after that was not noticed.
const std::string kLong = "?ms=60000";
const std::string kFormat = "[%(U)s %(s)s %(X)s]";

/// One worker, one handler thread, and an access log of short lines.
std::unique_ptr<ServerProcess> server_of(const std::string& worker_class, const std::string& settings = {}) {
  auto server = std::make_unique<ServerProcess>(ServerProcess::Program::kEcho,
                                                std::vector<std::string>{"-w", "1", "-k", worker_class});
  server->yaml = "threads: 1\naccesslog: access.log\naccess_log_format: '" + kFormat + "'\n" + settings;
  REQUIRE(server->serve());
  return server;
}

/// Where the first line with `part` stands in the access log.
std::size_t place_of(const std::vector<std::string>& lines, const std::string& part) {
  const auto found =
      std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line.find(part) != line.npos; });
  return static_cast<std::size_t>(found - lines.begin());
}

}  // namespace

TEST_CASE("leaving clients: a handler hears of a FIN, and its answer still comes") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  const bool blocking = server->arguments.at(3) != "async" && GENERATE(true, false);
  const bool pipelined = GENERATE(false, true);
  CAPTURE(server->arguments.at(3), blocking, pipelined);
  Wire wire{server->port()};
  const std::string asked = request((blocking ? "GET /left" : "GET /left/later") + kLong);
  wire.send(pipelined ? asked + request("GET /constant") + request("GET /echo/third") : asked);
  wire.half_close();
  CHECK(wire.read().body == "left\n");
  if (pipelined) {
    CHECK(wire.read().status == 200);
    CHECK(wire.read().body.find("/echo/third") != std::string::npos);
  }
  CHECK(wire.closes_within());
  CHECK(wire.ended() == "closed");
  CHECK(server->stop() == 0);
  CHECK(server->log().find("client_left") == std::string::npos);
  CHECK(server->count_lines("[ERROR]") == 0);
}

TEST_CASE("leaving clients: a handler hears of a RST behind bytes that nobody reads") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  Wire wire{server->port()};
  wire.send(request("GET /left/later" + kLong) + request("GET /constant"));
  CHECK(fetch(server->port(), "GET /constant").status == 200);  // it has been read
  wire.reset();
  CHECK(server->wait_for_text("access.log", "[/left/later 499 X]"));
  CHECK(fetch(server->port(), "GET /constant").status == 200);
}

TEST_CASE("leaving clients: with client_half_close waits no handler hears of it") {
  const auto server = server_of(GENERATE(from_range(kClasses)), "client_half_close: waits\n");
  const bool blocking = server->arguments.at(3) != "async" && GENERATE(true, false);
  const bool pipelined = GENERATE(false, true);
  Wire wire{server->port()};
  wire.send(request(blocking ? "GET /left?ms=200" : "GET /left/later?ms=200") +
            (pipelined ? request("GET /constant") : ""));
  wire.half_close();
  CHECK(wire.read().body == "stayed\n");
  if (pipelined) CHECK(wire.read().status == 200);
  CHECK(wire.closes_within());
}

TEST_CASE("leaving clients: the places of ten that gave up are free") {
  const std::string worker_class = GENERATE("sync", "threads");
  CAPTURE(worker_class);
  const auto server = server_of(worker_class);
  Wire busy{server->port()};
  busy.send(request("GET /left" + kLong));  // has the only handler until it leaves
  REQUIRE(server->wait_for_line("/left: a handler waits"));
  std::vector<std::unique_ptr<Wire>> gave_up;
  for (int i = 0; i < 10; ++i) {
    gave_up.push_back(std::make_unique<Wire>(server->port()));
    gave_up.back()->send(request("GET /sleep?ms=20"));
    if (i % 2 == 0)
      gave_up.back()->half_close();
    else
      gave_up.back().reset();
  }
  const auto places_free = [&] { return count_in(server->read_file("access.log"), "[/sleep 499 X]") == 10; };
  // A pool's queue is seen while the handler is at work; `sync` finds out when it has time again.
  if (worker_class == "threads") CHECK(eventually(places_free));
  Wire eleventh{server->port()};
  eleventh.send(request("GET /constant"));
  busy.half_close();
  CHECK(busy.read().body == "left\n");
  CHECK(eleventh.read().status == 200);
  CHECK(eventually(places_free));
  for (const auto& wire : gave_up)
    if (wire) CHECK(wire->closes_within());
  CHECK(server->stop() == 0);
  const std::vector<std::string> lines = lines_of(server->read_file("access.log"));
  CAPTURE(lines);
  CHECK(place_of(lines, "[/sleep 200") == lines.size());  // no handler was called for them
  CHECK(place_of(lines, "[/constant 200") < lines.size());
  CHECK(server->count_lines("client_left=10)") == 1);
  CHECK(server->count_lines("[ERROR]") == 0);
}

TEST_CASE("leaving clients: with client_half_close waits they keep their places") {
  const auto server = server_of("threads", "client_half_close: waits\n");
  Wire busy{server->port()};
  busy.send(request("GET /sleep?ms=300"));
  Wire second{server->port()};
  second.send(request("GET /sleep?ms=1"));
  second.half_close();
  CHECK(busy.read().body == "slept\n");
  CHECK(second.read().body == "slept\n");
}

TEST_CASE("leaving clients: health checks that half-close are answered by a server that is idle") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  for (int i = 0; i < 200; ++i) {
    Wire wire{server->port()};
    REQUIRE(wire.send(request("GET /large?bytes=1000")));
    wire.half_close();
    const Answer answer = wire.read();
    REQUIRE(answer.problem.empty());
    REQUIRE(answer.body.size() == 1000);
    REQUIRE(wire.closes_within());
    REQUIRE(wire.ended() == "closed");
  }
  // Behind a longer handler a worker of class `sync` looks who still waits; then it is idle again.
  CHECK(fetch(server->port(), "GET /sleep?ms=20").body == "slept\n");
  REQUIRE(server->wait_for_text("access.log", "[/sleep 200"));
  CHECK(server->stop() == 0);
  CHECK(server->log().find("client_left") == std::string::npos);
}

TEST_CASE("leaving clients: half-closed, a client of a stream still gets all of it") {
  SECTION("pulled, in every class") {
    const auto server = server_of(GENERATE(from_range(kClasses)));
    Wire wire{server->port()};
    wire.send(request("GET /pull?bytes=3000000"));
    wire.half_close();
    CHECK(wire.read().body.size() == 3'000'000);
  }
  SECTION("written as things happen") {
    const auto server = server_of("async");
    Wire wire{server->port()};
    wire.send(request("GET /events?count=20"));
    wire.half_close();
    CHECK(count_in(wire.read().body, "tick") == 20);
  }
}

TEST_CASE("leaving clients: a worker does not spin over one that has half-closed") {
  const auto server = server_of(GENERATE("async", "threads"));
  const bool pipelined = GENERATE(false, true);
  Wire wire{server->port()};
  // With bytes behind the request the connection is not read: its end stays unread.
  wire.send(request("GET /later?ms=1500") + (pipelined ? request("GET /constant") : ""));
  wire.half_close();
  const auto ticks = [worker = server->workers().at(0)] {
    std::ifstream file{"/proc/" + std::to_string(worker) + "/stat"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    std::istringstream rest{text.substr(text.rfind(')') + 2)};
    std::string skipped;
    long user = 0, system = 0;
    for (int i = 0; i < 11; ++i) rest >> skipped;
    rest >> user >> system;
    return user + system;
  };
  const long before = ticks();
  CHECK(wire.read().body == "later\n");
  CHECK(ticks() - before <= ::sysconf(_SC_CLK_TCK) / 4);
  if (pipelined) CHECK(wire.read().status == 200);
}

}  // namespace orrery::test
