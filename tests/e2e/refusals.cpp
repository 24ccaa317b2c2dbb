// What is refused: each reason that is not one of the corpus is answered, said in the log at `info` and counted at
// stop.
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
      {"contradicting_scheme", request("GET /echo", "X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n"), 400},
      {"contradicting_client", request("GET /echo", "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.8\r\n"), 400},
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

}  // namespace

TEST_CASE("refusals: each has its answer, its line and its place in the totals") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml =
      "workers: 1\nproxy_protocol: optional\nlimit_request_line: 180\nlimit_request_fields: 4\n"
      "limit_request_field_size: 180\nlimit_request_head: 300\nlimit_request_body: 1000\nheader_timeout: "
      "400ms\n"
      "body_timeout: 400ms\nrequest_deadline: 400ms\nmin_rate: 1g\n";
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

TEST_CASE("refusals: those beyond the rate shown share a line") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  constexpr int kAll = 300;
  for (int i = 0; i < kAll; ++i) {
    Wire wire{server.port()};
    wire.send(i % 100 == 99 ? "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n");
    CHECK(wire.read().status == 400);
  }
  // Each second has its line: how many refusals fell into which is not known.
  const auto told = [&] {
    int count = server.count_lines("] refused ");
    for (const std::string& line : lines_of(server.log())) {
      const std::size_t more = line.find(" more refusal");
      if (more == std::string::npos) continue;
      count += std::stoi(line.substr(line.rfind(' ', more - 1)));
      CHECK(line.find("_host ", more) != std::string::npos);
      CHECK(line.find("[INFO]") != std::string::npos);
    }
    return count;
  };
  CHECK(eventually([&] { return told() == kAll; }));
  CHECK(server.count_lines(" more refusals: missing_host ") >= 1);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
