// Lingering: an answer that is given before its client has sent everything arrives all the same, however much still
// comes; and nobody can hold a connection that way for longer, or hold more of them, than the settings say.
#include <filesystem>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

using Clock = std::chrono::steady_clock;

struct Row {
  std::string name;
  std::string head;
  std::size_t more;  ///< bytes behind it
  int status;
};

const std::vector<Row>& rows() {
  static const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const auto length = [](std::size_t bytes) { return "Content-Length: " + std::to_string(bytes) + "\r\n"; };
  static const std::vector<Row> table{
      {"413, 900 kB", request("POST /small", length(900'000)), 900'000, 413},
      {"413, 30 MB", request("POST /echo", length(30'000'000)), 30'000'000, 413},
      {"413, one chunk of 30 MB", request("POST /echo", chunked) + "1c9c380\r\n", 30'000'000, 413},
      {"413, it waited", request("POST /echo", length(30'000'000) + "Expect: 100-continue\r\n"), 30'000'000, 413},
      {"417", request("POST /echo", length(30'000'000) + "Expect: more\r\n"), 30'000'000, 417},
      {"401 of a handler", request("POST /unauthorized", length(30'000'000)), 30'000'000, 401},
      {"401 of a handler, then a close", request("POST /unauthorized", length(30'000'000) + "Connection: close\r\n"),
       30'000'000, 401},
      {"401 with 5 MB", request("POST /unauthorized?bytes=5000000", length(30'000'000)), 30'000'000, 401},
      {"401 with 5 MB, then a close",
       request("POST /unauthorized?bytes=5000000", length(30'000'000) + "Connection: close\r\n"), 30'000'000, 401},
      {"404", request("POST /nowhere", length(900'000)), 900'000, 404},
      {"404, 30 MB in chunks", request("POST /nowhere", chunked) + "f4240\r\n", 30'000'000, 404},
      {"405", request("POST /constant", length(900'000)), 900'000, 405},
      {"431", "GET /echo HTTP/1.1\r\nHost: h\r\nX: ", 5'000'000, 431},
      {"414", "GET /", 5'000'000, 414},
      {"400 of a bad chunk", request("POST /echo", chunked) + "5\r\nhelloXX", 30'000'000, 400},
      {"400 of no HTTP at all", "\x16\x03\x01", 30'000'000, 400},
      {"501", request("POST /echo", "Transfer-Encoding: gzip\r\n"), 30'000'000, 501},
  };
  return table;
}

std::size_t descriptors_of(pid_t pid) {
  const std::filesystem::directory_iterator all{"/proc/" + std::to_string(pid) + "/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// A server of one worker, and how many descriptors that has at rest.
struct Served {
  explicit Served(const std::string& settings)
      : server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}} {
    server.yaml = settings;
    REQUIRE(server.serve());
    worker = server.workers().at(0);
    other = Wire{server.port()};
    REQUIRE(other.ask("GET /constant").status == 200);
    at_rest = descriptors_of(worker);
  }
  [[nodiscard]] std::size_t held() const { return descriptors_of(worker) - at_rest; }

  ServerProcess server;
  pid_t worker = 0;
  Wire other{0};
  std::size_t at_rest = 0;
};

const std::string kTooLarge = request("POST /small", "Content-Length: 30000000\r\n");

/// A client that was refused, has read its answer and does not close.
std::unique_ptr<Wire> refused(int port) {
  auto wire = std::make_unique<Wire>(port);
  wire->send(kTooLarge + "x");
  CHECK(wire->read().status == 413);
  CHECK(wire->closes_within());  // its half
  return wire;
}

}  // namespace

TEST_CASE("lingering: a client that sends everything before it reads has its answer") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(), {"--access-logfile", "access.log"});
  REQUIRE(server.serve());
  for (const Row& row : rows()) {
    INFO(row.name);
    Wire wire{server.port()};
    CHECK(wire.send(row.head + std::string(row.more, 'x')));
    const Answer answer = wire.read();
    CHECK(answer.problem.empty());
    CHECK(answer.status == row.status);
    if (answer.closes()) CHECK(wire.closes_within());
    CHECK(wire.ended() != "reset");
  }
  CHECK(server.stop() == 0);
  CHECK(lines_of(server.read_file("access.log")).size() == rows().size());
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("lingering: refused for the time it took, a client that sends on has its answer") {
  Served served{"body_timeout: 300ms\nrequest_deadline: 300ms\nmin_rate: 1g\n"};
  const int expected = GENERATE(408, 504);
  Wire wire{served.server.port()};
  wire.send(expected == 408 ? request("POST /echo", "Content-Length: 1000000\r\n")
                            : request("GET /later?ms=5000") + request("POST /echo"));
  CHECK(served.server.wait_for_line(expected == 408 ? "(body_timeout" : "(request_deadline"));
  CHECK(wire.send(std::string(10'000'000, 'x')));
  CHECK(wire.read().status == expected);
}

TEST_CASE("lingering: a client that sends slowly has its answer too") {
  Served served{"lingering_timeout: 300ms\n"};
  Wire wire{served.server.port()};
  wire.send(kTooLarge);
  const auto begin = Clock::now();
  while (Clock::now() - begin < 900ms) {
    REQUIRE(wire.send("xxxx"));
    wire.unread(wire.read_some(4096, 20ms));
  }
  CHECK(served.held() == 1);
  CHECK(wire.read().status == 413);
  CHECK(wire.ended() != "reset");
}

TEST_CASE("lingering: for lingering_timeout while nothing comes, for lingering_time in all") {
  const bool silent = GENERATE(true, false);
  Served served{silent ? "lingering_timeout: 700ms\n" : "lingering_time: 700ms\n"};
  const auto begin = Clock::now();
  const auto wire = refused(served.server.port());
  CHECK(served.held() == 1);
  CHECK(eventually([&] {
    if (!silent) wire->send("x", 0ms);
    return served.held() == 0;
  }));
  CHECK(Clock::now() - begin > 650ms);
  CHECK(Clock::now() - begin < 2s * kSlowness);
  CHECK(served.other.ask("GET /constant").status == 200);
}

TEST_CASE("lingering: with lingering_time 0, or no connection for it, the close is at once") {
  Served served{GENERATE("lingering_time: 0\n", "lingering_connections: 0\n")};
  const auto wire = refused(served.server.port());
  CHECK(eventually([&] { return served.held() == 0; }));
}

TEST_CASE("lingering: a client that waits to send its body and is refused is not waited for") {
  Served served{""};
  Wire wire{served.server.port()};
  wire.send(request("POST /small", "Content-Length: 900000\r\nExpect: 100-continue\r\n"));
  CHECK(wire.read().status == 413);
  CHECK(wire.closes_within());
  SECTION("it goes") {
    wire = Wire{served.server.port()};
    CHECK(wire.ask("GET /constant").status == 200);
    CHECK(eventually([&] { return served.held() == 1; }));
  }
  SECTION("it stays") {
    const auto begin = Clock::now();
    CHECK(eventually([&] { return served.held() == 0; }));
    CHECK(Clock::now() - begin < 3s * kSlowness);
  }
}

TEST_CASE("lingering: when more do than may, the oldest is closed") {
  Served served{"lingering_connections: 2\n"};
  const auto first = refused(served.server.port());
  const auto second = refused(served.server.port());
  CHECK(served.held() == 2);
  const auto third = refused(served.server.port());
  CHECK(eventually([&] { return served.held() == 2; }));
  CHECK(eventually([&] { return !first->send("x"); }));
  CHECK(second->send("x"));
  CHECK(third->send("x"));
  CHECK(served.held() == 2);
}

TEST_CASE("lingering: takes no place from a client") {
  Served served{"worker_connections: 3\n"};
  const auto first = refused(served.server.port());
  const auto second = refused(served.server.port());
  CHECK(served.held() == 2);
  Wire third{served.server.port()};
  CHECK(third.ask("GET /constant").status == 200);
  Wire fourth{served.server.port()};
  CHECK(fourth.ask("GET /constant").status == 200);
  CHECK(third.ask("GET /constant").status == 200);
  CHECK(served.other.ask("GET /constant").status == 200);
  CHECK(served.server.count_lines("(too_many_connections") == 0);
}

TEST_CASE("lingering: does not hold a worker that leaves") {
  Served served{"lingering_timeout: 30s\n"};
  const auto before = refused(served.server.port());
  Wire sending{served.server.port()};
  const std::string all = kTooLarge + std::string(30'000'000, 'x');
  REQUIRE(sending.send(std::string_view{all}.substr(0, 100'000)));
  REQUIRE(served.server.wait_for_line("(large_body"));
  const int signo = GENERATE(SIGTERM, SIGHUP);
  const auto begin = Clock::now();
  served.server.signal(signo);
  std::size_t at = 100'000;
  // The silent one and the idle one go first.
  CHECK(eventually([&] {
    REQUIRE(sending.send(std::string_view{all}.substr(at, 100)));
    at += 100;
    return descriptors_of(served.worker) <= served.at_rest;
  }));
  CHECK(sending.send(std::string_view{all}.substr(at)));
  CHECK(sending.read().status == 413);
  sending = Wire{0};
  CHECK(eventually([&] { return !ServerProcess::alive(served.worker); }));
  CHECK(Clock::now() - begin < 8s * kSlowness);
  CHECK(served.server.count_lines("[ERROR]") == 0);
}

TEST_CASE("lingering: fast senders hold up nobody") {
  Served served{""};
  std::vector<std::unique_ptr<Wire>> senders;
  for (int i = 0; i < 8; ++i) senders.push_back(refused(served.server.port()));
  const std::string much(1'000'000, 'x');
  for (int round = 0; round < 20; ++round) {
    for (const auto& sender : senders) REQUIRE(sender->send(much, 10s));
    const auto begin = Clock::now();
    CHECK(served.other.ask("GET /constant").status == 200);
    CHECK(Clock::now() - begin < 500ms * kSlowness);
  }
  CHECK(served.held() == 8);
}

}  // namespace orrery::test
