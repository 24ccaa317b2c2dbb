// What is refused: each reason that is not one of the corpus is answered, said in the log and counted at stop; and a client that was
// refused can hold its connection no longer than it takes to read the answer.
#include <filesystem>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

struct Row {
  std::string reason;
  std::string bytes;
  int status;
};

const std::vector<Row>& rows() {
  static const std::string chunked = request("POST /echo", "Transfer-Encoding: chunked\r\n");
  static const std::vector<Row> table{
      {"contradicting_scheme", request("GET /echo", "X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n"),
       400},
      {"contradicting_client",
       request("GET /echo", "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.8\r\n"), 400},
      {"bad_proxy_header", "PROXY TCP4 203.0.113.5 10.0.0.1 12345\r\n", 400},
      {"long_request_line", request("GET /" + std::string(200, 'a')), 414},
      {"too_many_fields", request("GET /echo", "A: b\r\nA: b\r\nA: b\r\nA: b\r\n"), 431},
      {"long_field", request("GET /echo", "A: " + std::string(200, 'b') + "\r\n"), 431},
      {"long_head", request("GET /" + std::string(150, 'a'), "A: " + std::string(150, 'b') + "\r\n"), 431},
      {"large_body", request("POST /echo", "Content-Length: 1001\r\n"), 413},
      {"large_body", chunked + "3e9\r\n", 413},
      {"header_timeout", "GET /echo HTTP/1.1\r\nHo", 408},
      {"body_timeout", request("POST /echo", "Content-Length: 5\r\n") + "he", 408},
      {"body_timeout", chunked + "5\r\nhello\r\n0\r\nA: b", 408},
      {"request_deadline", request("GET /later?ms=20000"), 504},
      {"silent_connection", "", 0},
  };
  return table;
}

std::size_t descriptors_of(pid_t pid) {
  const std::filesystem::directory_iterator all{"/proc/" + std::to_string(pid) + "/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_CASE("refusals: each has its answer, its line and its place in the totals") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml =
      "workers: 1\nproxy_protocol: optional\nlimit_request_line: 180\nlimit_request_fields: 4\n"
      "limit_request_field_size: 180\nlimit_request_head: 300\nlimit_request_body: 1000\nheader_timeout: "
      "400ms\n"
      "body_timeout: 400ms\nrequest_deadline: 400ms\nmin_rate: 1g\nloglevel: debug\n";
  REQUIRE(server.serve());
  const auto workers = server.workers();
  for (const Row& row : rows()) {
    INFO(row.reason);
    const std::string named = "(" + row.reason;
    const int before = server.count_lines(named);
    Wire wire{server.port()};
    wire.send(row.bytes);
    if (row.status != 0) {
      const Answer answer = wire.read();
      CHECK(answer.status == row.status);
      CHECK(answer.closes());
    }
    CHECK(wire.closes_within());
    CHECK(server.wait_for_line(named));
    CHECK(server.count_lines(named) == before + 1);
  }
  {
    INFO("truncated_request");
    Wire wire{server.port()};
    wire.send("GET /echo HTTP/1.1\r\nHo");
    wire.half_close();
    CHECK(wire.closes_within());
    CHECK(server.wait_for_line("(truncated_request"));
  }
  CHECK(server.workers() == workers);
  CHECK(server.stop() == 0);
  INFO(server.log());
  CHECK(server.count_lines("(refused contradicting_scheme=1, contradicting_client=1, bad_proxy_header=1, "
                           "long_request_line=1, too_many_fields=1, long_field=1, long_head=1, large_body=2, "
                           "header_timeout=1, body_timeout=2, request_deadline=1, truncated_request=1, "
                           "silent_connection=1)") == 1);
}

TEST_CASE("refusals: who does not go away is let go") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const pid_t worker = server.workers().at(0);
  Wire other{server.port()};
  REQUIRE(other.ask("GET /constant").status == 200);
  const std::size_t at_rest = descriptors_of(worker);
  Wire wire{server.port()};
  wire.send("GET /echo HTTP/1.1\r\n\r\n");
  REQUIRE(wire.read().status == 400);
  // Its half; the other is still read, so that the answer is not lost in a RST.
  REQUIRE(wire.closes_within());

  SECTION("silent, after 2 s") {
    CHECK(descriptors_of(worker) == at_rest + 1);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(eventually([&] { return descriptors_of(worker) == at_rest; }));
    CHECK(std::chrono::steady_clock::now() - begin > 1s);
    CHECK(std::chrono::steady_clock::now() - begin < 3s * kSlowness);
  }
  SECTION("dripping, no later") {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(eventually([&] {
      wire.send("x", 0ms);
      return descriptors_of(worker) == at_rest;
    }));
    CHECK(std::chrono::steady_clock::now() - begin < 3s * kSlowness);
  }
  SECTION("sending on, after 64 KiB") {
    CHECK_FALSE(wire.send(std::string(100'000'000, 'x')));
    CHECK(eventually([&] { return descriptors_of(worker) == at_rest; }));
  }
  CHECK(other.ask("GET /constant").status == 200);
  CHECK(server.workers() == std::vector<pid_t>{worker});
}

}  // namespace orrery::test
