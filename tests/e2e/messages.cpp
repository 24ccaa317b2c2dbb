// HTTP/1.1 over a real connection: framing, keep-alive, pipelining, limits, errors; the same in every worker class.
#include <set>

#include "e2e/classes.hpp"
#include "support/json.hpp"

namespace orrery::test {

namespace {

using nlohmann::json;

std::string repeated(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

struct Row {
  std::string name;
  std::string bytes;
  int status;
  bool keeps;        ///< the connection goes on
  std::string part;  ///< stands in the body
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table{
      {"1.1 is kept alive", request("GET /echo"), 200, true, R"("version":"1.1")"},
      {"1.1 with close", request("GET /echo", "Connection: close\r\n"), 200, false, ""},
      {"1.1 with close in a list", request("GET /echo", "Connection: te, CLOSE\r\n"), 200, false, ""},
      {"1.0 closes", "GET /echo HTTP/1.0\r\n\r\n", 200, false, R"("version":"1.0")"},
      {"1.0 with keep-alive", "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, true, ""},
      {"empty lines before a request", "\r\n\r\n\r\n\r\n" + request("GET /echo"), 200, true, ""},
      {"too many of them", "\r\n\r\n\r\n\r\n\r\n" + request("GET /echo"), 400, false, ""},
      {"a body by length", request("POST /echo", "Content-Length: 5\r\n") + "hello", 200, true, R"("body":"hello")"},
      {"a body in chunks",
       request("POST /echo", "Transfer-Encoding: chunked\r\n") + "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", 200, true,
       R"("body":"hello")"},
      {"trailers", request("POST /echo", "Transfer-Encoding: chunked\r\n") + "0\r\nX-Sum: 7\r\n\r\n", 200, true,
       R"("trailers":[["X-Sum","7"]])"},
      {"a body nobody reads", request("POST /nowhere", "Content-Length: 5\r\n") + "hello", 404, true, ""},
      {"nobody is there", request("GET /nowhere"), 404, true, ""},
      {"another method is", request("POST /constant", "Content-Length: 0\r\n"), 405, true, ""},
      {"an unknown method", request("BREW /echo"), 501, false, ""},
      {"version 2.0", "GET /echo HTTP/2.0\r\nHost: a\r\n\r\n", 505, false, ""},
      {"no Host", "GET /echo HTTP/1.1\r\n\r\n", 400, false, ""},
      {"not HTTP at all", "\x16\x03\x01\x02 hello\r\n\r\n", 400, false, ""},
      {"an unknown expectation", request("GET /echo", "Expect: a-miracle\r\n"), 417, false, ""},
      {"a long request line", request("GET /echo?" + std::string(300, 'a')), 414, false, "limit_request_line"},
      {"an endless request line", "GET /" + std::string(3000, 'a'), 414, false, ""},
      {"many fields", request("GET /echo", repeated(20, "A: b\r\n")), 431, false, "limit_request_fields"},
      {"a long field", request("GET /echo", "A: " + std::string(300, 'b') + "\r\n"), 431, false,
       "limit_request_field_size"},
      {"an endless field", "GET /echo HTTP/1.1\r\nA: " + std::string(3000, 'b'), 431, false, ""},
      {"a large body", request("POST /echo", "Content-Length: 1001\r\n"), 413, false, "limit_request_body"},
      {"a large body in chunks",
       request("POST /echo", "Transfer-Encoding: chunked\r\n") + "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n",
       413, false, ""},
      {"a body larger than its route allows", request("POST /small", "Content-Length: 11\r\n") + "hello world", 413,
       false, ""},
      {"a body its route allows", request("POST /small", "Content-Length: 10\r\n") + "hello worl", 200, true, ""},
      {"a handler that throws", request("GET /throw"), 500, true, ""},
      {"a handler that forgets its Responder", request("GET /drop"), 500, true, ""},
      {"a field that would forge another", request("GET /inject"), 500, true, ""},
      {"an unread body, a smuggled request",
       request("GET /echo", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), 400, false, ""},
  };
  return table;
}

}  // namespace

TEST_CASE("messages: one request, its answer, and what becomes of the connection") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml =
      "workers: 1\nlimit_request_line: 200\nlimit_request_fields: 10\nlimit_request_field_size: 200\n"
      "limit_request_body: 1000\n";
  REQUIRE(server.serve());
  const auto workers = server.workers();
  for (const Row& row : rows()) {
    INFO(row.name);
    Wire wire{server.port()};
    wire.send(row.bytes);
    const Answer answer = wire.read();
    INFO(answer.head << answer.body << answer.problem);
    CHECK(answer.status == row.status);
    CHECK(answer.problem.empty());
    CHECK(answer.body.find(row.part) != std::string::npos);
    CHECK(answer.count("Date") == 1);
    CHECK(answer.count("X-Request-ID") == 1);
    CHECK(answer.head.find("forged") == std::string::npos);
    CHECK(answer.closes() == !row.keeps);
    if (row.keeps)
      CHECK(wire.ask("GET /constant").status == 200);
    else
      CHECK(wire.closes_within(2s * kSlowness));
  }
  CHECK(server.workers() == workers);  // no refusal and no failing handler cost a worker
  CHECK(server.count_lines("thrown on purpose") == 1);
  CHECK(server.count_lines("dropped without an answer") == 1);
  CHECK(server.count_lines("GET /inject failed: the response has a field that cannot be sent") == 1);
  CHECK(server.stop() == 0);
}

TEST_CASE("messages: HEAD, OPTIONS and Allow") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer get = wire.ask("GET /constant");
  const Answer head = wire.ask("HEAD /constant");
  CHECK(head.status == 200);
  CHECK(head.field("Content-Length") == std::to_string(get.body.size()));
  CHECK(head.field("Content-Type") == get.field("Content-Type"));
  CHECK(wire.ask("HEAD /pull?bytes=100000").field("Transfer-Encoding") == "chunked");
  CHECK(wire.ask("HEAD /throw").status == 500);
  CHECK(wire.ask("HEAD /nowhere").status == 404);
  CHECK(wire.ask("GET /constant").body == get.body);  // no stray byte of a HEAD's body

  const Answer refused = wire.ask("DELETE /constant");
  CHECK(refused.status == 405);
  const Answer options = wire.ask("OPTIONS /constant");
  CHECK(options.status == 204);
  for (const Answer& answer : {refused, options}) {
    const std::string allow = answer.field("Allow").value_or("");
    for (const char* method : {"GET", "HEAD", "OPTIONS"}) CHECK(allow.find(method) != std::string::npos);
    CHECK(allow.find("POST") == std::string::npos);
  }
  CHECK(wire.ask("OPTIONS *").status == 204);
}

TEST_CASE("messages: pipelined requests beyond limit_request_pipeline wait, and are answered all the same") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "--limit-request-pipeline", "1k", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  std::string all;
  for (int i = 0; i < 200; ++i) all += request("GET /echo/" + std::to_string(i));
  REQUIRE(wire.send(all));
  for (int i = 0; i < 200; ++i) {
    const Answer answer = wire.read();
    CHECK(answer.status == 200);
    CHECK(answer.body.find("\"/echo/" + std::to_string(i) + "\"") != std::string::npos);
  }
}

TEST_CASE("messages: pipelined requests are answered in order") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());

  SECTION("a thousand in one write") {
    Wire wire{server.port()};
    std::string all;
    for (int i = 0; i < 1000; ++i) all += request("GET /echo?" + std::to_string(i));
    REQUIRE(wire.send(all));
    int in_order = 0;
    for (int i = 0; i < 1000; ++i) {
      const json body = json::parse(wire.read().body, nullptr, false);
      in_order += body.is_object() && body["target"] == "/echo?" + std::to_string(i) ? 1 : 0;
    }
    CHECK(in_order == 1000);
    CHECK(wire.ask("GET /constant").status == 200);
  }

  SECTION("slow and quick, with bodies, the last one closes") {
    Wire wire{server.port()};
    wire.send(request("GET /sleep?ms=50") + request("POST /echo", "Content-Length: 2\r\n") + "ab" +
              request("GET /later?ms=50") + request("HEAD /constant") + request("GET /pull?bytes=70000") +
              request("GET /constant", "Connection: close\r\n") + request("GET /never"));
    CHECK(wire.read().body == "slept\n");
    CHECK(wire.read().body.find(R"("body":"ab")") != std::string::npos);
    CHECK(wire.read().body == "later\n");
    CHECK(wire.read(kPatience, true).status == 200);
    CHECK(wire.read().body.size() == 70000);
    CHECK(wire.read().closes());
    CHECK(wire.closes_within());
  }

  SECTION("the client closes its side behind them") {
    Wire wire{server.port()};
    wire.send(request("GET /later?ms=50") + request("GET /sleep?ms=50") + request("GET /constant"));
    wire.half_close();
    CHECK(wire.read().body == "later\n");
    CHECK(wire.read().body == "slept\n");
    CHECK(wire.read().status == 200);
    CHECK(wire.closes_within());
  }

  SECTION("byte by byte") {
    Wire wire{server.port()};
    const std::string text = request("POST /echo", "Transfer-Encoding: chunked\r\n") + "2\r\nab\r\n0\r\n\r\n";
    for (const char byte : text) wire.send({&byte, 1});
    CHECK(wire.read().body.find(R"("body":"ab")") != std::string::npos);
  }
}

TEST_CASE("messages: Expect: 100-continue") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const std::string expects = "Expect: 100-continue\r\n";
  Wire wire{server.port()};

  SECTION("the body is asked for, then answered") {
    for (const char* target : {"POST /echo", "POST /stream-body"}) {
      INFO(target);
      wire.send(request(target, expects + "Content-Length: 5\r\n"));
      CHECK(wire.read().status == 100);
      wire.send("hello");
      CHECK(wire.read().status == 200);
    }
  }
  SECTION("a body that came along is not asked for") {
    wire.send(request("POST /echo", expects + "Content-Length: 5\r\n") + "hello");
    CHECK(wire.read().status == 200);
  }
  SECTION("a body that is not wanted is not asked for") {
    const char* target = GENERATE("POST /nowhere", "POST /small");
    wire.send(request(target, expects + "Content-Length: 50\r\n"));
    const Answer answer = wire.read();
    CHECK(answer.status >= 400);
    CHECK(answer.closes());
    CHECK(wire.closes_within(3s * kSlowness));
  }
}

TEST_CASE("messages: X-Request-ID is kept from trusted peers, else made, unique over all workers") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "4", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto id_for = [&](const std::string& offered) {
    const Answer answer = fetch(server.port(), "GET /echo", "X-Request-ID: " + offered + "\r\n");
    const json body = json::parse(answer.body, nullptr, false);
    CHECK(body["id"] == answer.field("X-Request-ID"));
    return answer.field("X-Request-ID").value_or("");
  };
  CHECK(id_for("abc-123") == "abc-123");
  CHECK(id_for(std::string(64, 'a')) == std::string(64, 'a'));
  CHECK(id_for(std::string(65, 'a')).size() == 16);
  CHECK(id_for("a b").size() == 16);
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    Wire wire{server.port()};
    for (int j = 0; j < 4; ++j) ids.insert(wire.ask("GET /constant").field("X-Request-ID").value_or(""));
  }
  CHECK(ids.size() == 200);
  for (const std::string& id : ids) CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("messages: X-Request-ID of a peer that is not trusted is not kept") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--forwarded-allow-ips", "192.0.2.0/24"}};
  REQUIRE(server.serve());
  const Answer answer = fetch(server.port(), "GET /echo", "X-Request-ID: mine\r\n");
  CHECK(answer.field("X-Request-ID").value_or("").size() == 16);
}

}  // namespace orrery::test
