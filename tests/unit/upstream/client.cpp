// Upstream through a whole worker, asking servers of 127.0.0.1.
#include "upstream/client.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "orrery/test_client.hpp"
#include "orrery/upstream.hpp"

#include "base/unique_fd.hpp"
#include "support/canned_server.hpp"

namespace orrery::test {
namespace {

using namespace std::chrono_literals;

std::string base_of(int port) { return "http://127.0.0.1:" + std::to_string(port); }

/// A server that takes connections, as far as the kernel does that by itself, and says nothing.
struct SilentServer {
  SilentServer() : listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    REQUIRE(::listen(listener.get(), 16) == 0);
    port = ntohs(address.sin_port);
  }
  base::UniqueFd listener;
  int port = 0;
};

/// /ask asks the upstream for "/answer", or for what the query says, and answers with what came of it.
App asking(UpstreamOptions options) {
  App app;
  const Upstream upstream{app, std::move(options)};
  const auto shown = [](const Upstream::Answer& answer) {
    if (!answer) return Response::text(answer.error().message).with_status(502);
    std::string text = std::to_string(answer->status) + " " + answer->body;
    if (const auto type = answer->field("content-TYPE")) text += " (" + std::string{*type} + ")";
    return Response::text(text);
  };
  app.route("*", "/ask", [upstream, shown](const Request& request) -> Task<Response> {
    UpstreamCall call;
    call.method = request.method();
    call.target = request.query("target").value_or("/answer");
    call.body = request.body();
    if (const auto field = request.query("field")) call.fields.emplace_back("X-Field", *field);
    if (const auto limit = request.query_as<int>("limit")) call.timeout = std::chrono::milliseconds{*limit};
    const auto answer = co_await upstream.call(request, std::move(call));
    co_return shown(answer);
  });
  app.get("/later", [upstream, shown](Request request, Responder responder) {
    auto kept = std::make_shared<Responder>(std::move(responder));
    UpstreamCall call;
    call.target = request.query("target").value_or("/answer");
    upstream.call(std::move(call),
                  [kept, shown](const Upstream::Answer& answer) { std::move(*kept).send(shown(answer)); });
  });
  return app;
}

std::string head_of(const CannedServer& server, std::size_t which) {
  const auto asked = server.asked();
  return which < asked.size() ? asked[which] : "";
}

TEST_CASE("upstream: an answer is an answer, whatever its status") {
  const CannedServer server{"",
                            {{"GET /answer", canned(200, "[1]")},
                             {"GET /missing", canned(404, "no", "text/plain")},
                             {"POST /answer", canned(201, "made")},
                             {"DELETE /answer", canned(200, "gone")},
                             {"GET /early", "HTTP/1.1 103 Early\r\nX-A: 1\r\n\r\n" + canned(200, "late")},
                             {"GET /moved", "HTTP/1.1 302 Found\r\nLocation: /answer\r\nContent-Length: 0\r\n\r\n"},
                             {"GET /open", "HTTP/1.0 200 OK\r\n\r\nuntil the end"}}};
  struct Row {
    const char* method;
    const char* target;
    const char* answer;
  };
  const Row rows[] = {
      {"GET", "/ask", "200 [1] (application/json)"},
      {"GET", "/later", "200 [1] (application/json)"},
      {"GET", "/ask?target=/missing", "404 no (text/plain)"},
      {"POST", "/ask", "201 made (application/json)"},
      {"DELETE", "/ask", "200 gone (application/json)"},
      {"GET", "/ask?target=/early", "200 late (application/json)"},
      {"GET", "/ask?target=/moved", "302 "},
      {"GET", "/ask?target=/open", "200 until the end"},
  };
  for (const char* worker_class : {"async", "sync", "threads"}) {
    Config config;
    config.worker_class = *worker_class == 'a'   ? WorkerClass::kAsync
                          : *worker_class == 's' ? WorkerClass::kSync
                                                 : WorkerClass::kThreads;
    TestClient client{asking({.base = base_of(server.port())}), config};
    for (const Row& row : rows) {
      INFO(worker_class << " " << row.method << " " << row.target);
      CHECK(client.request(row.method, row.target).send().body == row.answer);
    }
  }
}

TEST_CASE("upstream: what is sent") {
  const CannedServer server{"", {}};
  TestClient client{asking({.base = base_of(server.port()) + "/v2"})};
  client.post("/ask?field=a").field("X-Request-ID", "r7").body("text/plain", "four").send();
  const std::string head = head_of(server, 0);
  CHECK(head.starts_with("POST /v2/answer HTTP/1.1\r\n"));
  for (const char* line : {"\r\nX-Field: a\r\n", "\r\nX-Request-ID: r7\r\n", "\r\nContent-Length: 4\r\n"})
    CHECK(head.find(line) != std::string::npos);
  for (const char* line : {"Expect:", "Content-Type:"}) CHECK(head.find(line) == std::string::npos);
  TestClient silent{asking({.base = base_of(server.port()), .trace = false})};
  silent.get("/ask").send();
  CHECK(head_of(server, 1).find("X-Request-ID") == std::string::npos);
}

TEST_CASE("upstream: what cannot be sent is refused, and nobody is asked") {
  const CannedServer server{"", {}};
  TestClient client{asking({.base = base_of(server.port())})};
  struct Row {
    const char* target;
    const char* why;
  };
  const Row rows[] = {
      {"/ask?target=@evil.example", "the target does not begin with a slash"},
      {"/ask?target=/a%0d%0ab", "the target has a blank, a control byte or a `#`"},
      {"/ask?target=/a%20b", "the target has a blank, a control byte or a `#`"},
      {"/ask?field=a%0d%0aX-Evil:%20b", "a field has a name or a value that cannot be sent"},
      {"/ask?limit=0", "its time limit is below 1 ms"},
      {"/ask?field=a%00", "a field has a name or a value that cannot be sent"},
  };
  for (const Row& row : rows) {
    INFO(row.target);
    const TestAnswer answer = client.get(row.target).send();
    CHECK(answer.status == 502);
    CHECK(answer.body.find(row.why) != std::string::npos);
  }
  CHECK(server.asked().empty());
}

TEST_CASE("upstream: failures are sentences") {
  const CannedServer server{"", {{"GET /large", canned(200, std::string(101, 'x'))}}};
  TestClient client{asking({.base = base_of(server.port()), .largest = 100})};
  CHECK(client.get("/ask?target=/large").send().body ==
        "upstream " + base_of(server.port()) + ": GET /large: the answer is larger than 100 bytes");
  int nobody = 0;
  {
    const SilentServer gone;
    nobody = gone.port;
  }
  TestClient lonely{asking({.base = base_of(nobody)})};
  const TestAnswer refused = lonely.get("/ask").send();
  CHECK(refused.body.find("upstream " + base_of(nobody) + ": GET /answer: ") == 0);
  CHECK(refused.body.find("connect") != std::string::npos);
}

TEST_CASE("upstream: a call without an answer ends at its limit, also one that waits for a connection") {
  const SilentServer server;
  TestClient client{asking({.base = base_of(server.port), .timeout = 2s, .connections = 1})};
  auto first = client.get("/ask").begin();
  client.pass(1s);
  auto second = client.get("/ask").from("192.0.2.2").begin();
  client.pass(999ms);
  CHECK_FALSE(first.over());
  client.pass(1ms);
  CHECK(first.answer().body == "upstream " + base_of(server.port) + ": GET /answer: no answer in time");
  CHECK_FALSE(second.over());
  client.pass(1s);
  CHECK(second.answer().status == 502);
}

TEST_CASE("upstream: more calls than may wait fail at once") {
  const SilentServer server;
  TestClient client{asking({.base = base_of(server.port), .connections = 1, .queue = 1})};
  auto first = client.get("/ask").begin();
  auto second = client.get("/ask").from("192.0.2.2").begin();
  CHECK(client.get("/ask").from("192.0.2.3").send().body ==
        "upstream " + base_of(server.port) + ": GET /answer: too many calls wait for a connection");
  CHECK_FALSE(second.over());
}

TEST_CASE("upstream: a client that leaves ends its call, and the next one gets its connection") {
  const SilentServer server;
  TestClient client{asking({.base = base_of(server.port), .connections = 1})};
  auto first = client.get("/ask").begin();
  auto second = client.get("/ask").from("192.0.2.2").begin();
  first.leave();
  client.pass(1ms);
  second.leave();
  client.pass(1ms);
  client.drain();
  CHECK(client.gone());
}

TEST_CASE("upstream: a request's own deadline ends its call") {
  const SilentServer server;
  Config config;
  config.request_deadline = 1s;
  TestClient client{asking({.base = base_of(server.port), .timeout = 1h}), config};
  auto exchange = client.get("/ask").begin();
  client.pass(1s);
  CHECK(exchange.answer().status == 504);
  client.drain();
  CHECK(client.gone());
}

TEST_CASE("upstream: what may be repeated is tried again, within the budget") {
  struct Row {
    const char* method;
    int retries;
    std::size_t asked;
  };
  const Row rows[] = {{"GET", 1, 2}, {"PUT", 1, 2}, {"POST", 1, 1}, {"PATCH", 1, 1}, {"GET", 0, 1}, {"GET", 3, 2}};
  for (const Row& row : rows) {
    INFO(row.method << " " << row.retries);
    const std::string key = std::string{row.method} + " /answer";
    const CannedServer server{"", {{key, ""}}};
    TestClient client{asking({.base = base_of(server.port()), .retries = row.retries})};
    CHECK(client.request(row.method, "/ask").send().status == 502);
    CHECK(server.asked().size() == row.asked);
  }
  const CannedServer server{"", {{"GET /answer", ""}}};
  TestClient client{asking({.base = base_of(server.port())})};
  for (int i = 0; i < 30; ++i) CHECK(client.get("/ask").send().status == 502);
  CHECK(server.asked().size() <= 30 + 1 + 3);
}

TEST_CASE("upstream: half an answer is a failure, and is not asked for again") {
  const CannedServer server{"", {{"GET /answer", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}}};
  TestClient client{asking({.base = base_of(server.port())})};
  CHECK(client.get("/ask").send().status == 502);
  CHECK(server.asked().size() == 1);
}

TEST_CASE("upstream: options are checked where they are given") {
  struct Row {
    UpstreamOptions options;
    const char* why;
  };
  const Row rows[] = {
      {{.base = "users.internal"}, "give http://HOST"},
      {{.base = "http://a/"}, "give http://HOST"},
      {{.base = "http://user:pass@a"}, "give http://HOST"},
      {{.base = "http://a?b"}, "give http://HOST"},
      {{.base = "http://a", .timeout = 0ms}, "a time limit is at least 1 ms"},
      {{.base = "http://a", .connect_timeout = -1ms}, "a time limit is at least 1 ms"},
      {{.base = "http://a", .connections = 0}, "connections are 1 to 10000"},
      {{.base = "http://a", .queue = 2'000'000}, "queue is 0 to 1000000"},
      {{.base = "http://a", .retries = -1}, "retries are 0 to 10"},
      {{.base = "http://a", .largest = 0}, "largest is at least 1 byte"},
  };
  for (const Row& row : rows) {
    INFO(row.why << " " << row.options.base);
    App app;
    CHECK_THROWS_WITH((Upstream{app, row.options}), Catch::Contains(row.why));
  }
}

}  // namespace
}  // namespace orrery::test
