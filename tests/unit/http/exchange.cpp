#include "http/exchange.hpp"

#include <catch2/catch.hpp>

#include "support/chunker.hpp"
#include "support/exchange_driver.hpp"

namespace orrery::test {
namespace {

using base::Reject;
using Driver = ExchangeDriver;

const std::string kHost = "Host: h\r\n";
const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kGetB = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string post(const std::string& path, std::size_t length, const std::string& fields = "") {
  return "POST " + path + " HTTP/1.1\r\n" + kHost + fields + "Content-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

std::vector<int> statuses(const Driver& driver) {
  std::vector<int> all;
  for (const auto& answer : driver.answers()) all.push_back(answer.status);
  return all;
}

SeenResponse last_response(const Driver& driver) {
  const auto all = read_responses(driver.output());
  REQUIRE_FALSE(all.empty());
  return all.back();
}

// --- pipelines and batches ---

TEST_CASE("Pipelined responses come in order and in one batch") {
  Driver driver;
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  driver.receive(requests);
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 20);
  for (std::size_t i = 0; i < 20; ++i)
    CHECK(responses[i].body.starts_with("GET /" + std::to_string(i) + " "));
  CHECK(driver.flushes() == 1);
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("A batch is sent before it grows beyond its bound, and a large body goes by itself") {
  Driver driver;
  driver.answer_with([](const Request& request) {
    return Response::text(std::string(request.path() == "/large" ? 200'000 : 5'000, 'x'));
  });
  std::string requests;
  for (int i = 0; i < 30; ++i) requests += kGet;
  driver.receive(requests);
  CHECK(driver.flushes() == 3);
  driver.receive("GET /large HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  CHECK(driver.flushes() == 5);
  CHECK(read_responses(driver.output()).size() == 32);
}

TEST_CASE("A request waits until the one before it is answered") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet + kGetB);
  REQUIRE(driver.requests().size() == 1);
  driver.receive(kGet);
  CHECK(driver.requests().size() == 1);
  CHECK(driver.answer(Response::text("first")));
  REQUIRE(driver.requests().size() == 2);
  CHECK(driver.requests()[1].path == "/b");
  CHECK(driver.answer(Response::text("second")));
  REQUIRE(driver.requests().size() == 3);
  CHECK(driver.answer(Response::text("third")));
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 3);
  CHECK(responses[0].body + responses[1].body + responses[2].body == "firstsecondthird");
}

TEST_CASE("Bytes that come while a request is handled are kept, in any number of pieces") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  const std::string more = post("/p", 5) + "hello" + kGetB;
  for (const char c : more) driver.receive(std::string_view{&c, 1});
  CHECK(driver.requests().size() == 1);
  CHECK(driver.answer(Response::text("1")));
  REQUIRE(driver.requests().size() == 2);
  CHECK(driver.requests()[1].body == "hello");
  CHECK(driver.answer(Response::text("2")));
  REQUIRE(driver.requests().size() == 3);
  CHECK(driver.requests()[2].path == "/b");
}

TEST_CASE("A request that is handled keeps its bytes when the buffer is gone and more comes") {
  Driver driver;
  driver.hold_requests();
  driver.receive("GET /kept?a=b HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n");
  driver.receive(kGetB);
  const Request request = driver.message()->share();
  driver.answer(Response::text("x"));
  CHECK(request.target() == "/kept?a=b");
  CHECK(request.field("x") == "y");
  CHECK(request.query("a") == "b");
}

TEST_CASE("wants_input stops the reading while there is enough to do") {
  Driver driver;
  CHECK(driver.exchange().wants_input());
  driver.hold_requests();
  driver.receive(kGet);
  CHECK(driver.exchange().wants_input());
  driver.receive("G");
  CHECK_FALSE(driver.exchange().wants_input());
  driver.answer(Response::text("x"));
  CHECK(driver.exchange().wants_input());
  driver.receive_end();
  CHECK_FALSE(driver.exchange().wants_input());
}

// --- blocked output ---

TEST_CASE("While output is blocked nothing new is executed") {
  Driver driver;
  driver.block_output(10);
  driver.receive(kGet + kGetB);
  driver.read(5);
  driver.receive(kGet);
  const std::size_t before = driver.requests().size();
  CHECK(before == 2);
  CHECK_FALSE(driver.exchange().wants_input());
  driver.receive(kGetB);
  CHECK(driver.requests().size() == before);
  driver.read();
  CHECK(driver.requests().size() == 4);
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 4);
  CHECK(responses[3].body.starts_with("GET /b "));
}

TEST_CASE("A connection that is to close does so when the client has taken the rest") {
  Driver driver;
  driver.block_output(3);
  driver.receive("GET / HTTP/1.0\r\n\r\n");
  CHECK(driver.end() == End::kOpen);
  CHECK(driver.exchange().closing());
  driver.read();
  CHECK(driver.end() == End::kClose);
  CHECK(read_responses(driver.output()).size() == 1);
}

// --- Expect ---

TEST_CASE("100 Continue is sent when the body is really wanted") {
  struct Row {
    const char* name;
    std::string first;
    std::string expected;
  };
  const std::string expect = "Expect: 100-continue\r\n";
  const Row rows[] = {
      {"with length", post("/p", 5, expect), kContinue},
      {"chunked", "POST /p HTTP/1.1\r\n" + kHost + expect + "Transfer-Encoding: chunked\r\n\r\n", kContinue},
      {"body has begun", post("/p", 5, expect) + "h", ""},
      {"head not whole", post("/p", 5, expect).substr(0, 60), ""},
      {"nothing expected", post("/p", 5), ""},
      {"on 1.0", "POST /p HTTP/1.0\r\n" + expect + "Content-Length: 5\r\n\r\n", ""},
      {"stream whose handler asks", post("/stream", 5, expect), kContinue},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.receive(row.first);
    CHECK(driver.output() == row.expected);
    driver.drain();
    CHECK(driver.output() == row.expected);
  }
}

TEST_CASE("100 Continue comes once, before the final response") {
  Driver driver;
  driver.receive(post("/p", 5, "Expect: 100-continue\r\n"));
  driver.receive("he");
  driver.receive("llo");
  driver.receive(post("/p", 1, "Expect: 100-continue\r\n"));
  driver.receive("x");
  std::vector<int> seen;
  for (const auto& response : read_responses(driver.output())) seen.push_back(response.status);
  CHECK(seen == std::vector<int>{100, 200, 100, 200});
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("A stream's handler that does not ask leaves the client without 100, and the connection closes") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 5, "Expect: 100-continue\r\n"));
  CHECK(driver.output().empty());
  driver.answer(Response::status(403));
  CHECK(last_response(driver).status == 403);
  CHECK(last_response(driver).field("Connection") == "close");
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("A refusal answers a client that waits for 100, and closes") {
  struct Row {
    const char* name;
    std::string request;
    int status;
  };
  const Row rows[] = {
      {"not routed", post("/get", 5, "Expect: 100-continue\r\n"), 405},
      {"too large", post("/small", 11, "Expect: 100-continue\r\n"), 413},
      {"unknown expectation", post("/p", 5, "Expect: tea\r\n"), 417},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.receive(row.request);
    CHECK(last_response(driver).status == row.status);
    CHECK(last_response(driver).field("Connection") == "close");
    CHECK(driver.end() == End::kLinger);
    CHECK(driver.requests().empty());
  }
}

// --- early answers ---

TEST_CASE("An answer before the body is read: the body is read away, then the connection goes on") {
  struct Row {
    const char* name;
    std::string head;
    std::string body;
  };
  const Row rows[] = {
      {"length", post("/stream", 5), "hello"},
      {"chunked", "POST /stream HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n",
       "5\r\nhello\r\n0\r\nX: y\r\n\r\n"},
      {"not routed", post("/get", 5), "hello"},
  };
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < row.body.size(); ++at) {
      INFO(row.name << ", " << at << " bytes of body before the answer");
      Driver driver;
      driver.hold_requests();
      driver.receive(row.head + row.body.substr(0, at));
      driver.answer(Response::text("early"));
      CHECK(statuses(driver).size() == 1);
      driver.receive(row.body.substr(at) + kGet);
      driver.answer(Response::text("next"));
      CHECK(statuses(driver).size() == 2);
      CHECK(last_response(driver).body == "next");
      CHECK(driver.end() == End::kOpen);
    }
  }
}

TEST_CASE("What is wrong with a body that is read away closes, without a second response") {
  struct Row {
    const char* name;
    std::string rest;
  };
  const Row rows[] = {
      {"bad chunk", "z\r\n"},
      {"too large", "ffffffff\r\n"},
      {"forbidden trailer", "0\r\nHost: h\r\n\r\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.receive("POST /get HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n");
    driver.receive(row.rest + kGet);
    CHECK(statuses(driver) == std::vector<int>{405});
    CHECK(driver.requests().empty());
    CHECK(driver.end() == End::kLinger);
  }
}

TEST_CASE("An early answer on a connection that closes does not wait for the body") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 5, "Connection: close\r\n") + "he");
  driver.answer(Response::text("early"));
  CHECK(driver.end() == End::kLinger);
  CHECK(last_response(driver).body == "early");
}

// --- answers ---

TEST_CASE("A request is answered once; late answers are told so and change nothing") {
  Driver driver;
  driver.hold_requests();
  CHECK_FALSE(driver.answer(Response::text("nobody asked")));
  driver.receive(kGet);
  CHECK(driver.answer(Response::text("yes")));
  CHECK_FALSE(driver.answer(Response::text("again")));
  CHECK(read_responses(driver.output()).size() == 1);
  driver.receive(kGet);
  driver.pass(std::chrono::seconds{30});
  CHECK(statuses(driver) == std::vector<int>{200, 504});
  CHECK_FALSE(driver.answer(Response::text("too late")));
  CHECK(read_responses(driver.output()).size() == 2);
}

TEST_CASE("A response that could forge a message becomes 500") {
  Driver driver;
  driver.answer_with(
      [](const Request&) { return Response::text("x").with_field("Location", "/\r\nSet-Cookie: a=b"); });
  driver.receive(kGet);
  CHECK(driver.unsendable() == 1);
  CHECK(last_response(driver).status == 500);
  CHECK(driver.output().find("Set-Cookie") == std::string::npos);
  CHECK(statuses(driver) == std::vector<int>{500});
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("A stream with such a head becomes 500, and is not begun") {
  const auto forged = [] { return Response::text("").with_field("A", "b\nc"); };
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  CHECK_FALSE(driver.start_stream(forged()));
  driver.send_piece("piece");
  driver.end_stream();
  CHECK(driver.unsendable() == 1);
  CHECK(last_response(driver).status == 500);
  CHECK(read_responses(driver.output()).size() == 1);
  driver.receive(kGet);
  driver.answer(Response::stream("a/b\r\n", [](std::string&) { return false; }));
  CHECK(driver.unsendable() == 2);
  CHECK(statuses(driver) == std::vector<int>{500, 500});
}

TEST_CASE("Interim and impossible statuses of a handler become 500") {
  for (const int status : {0, 100, 101, 199, 600, 999}) {
    INFO(status);
    Driver driver;
    driver.answer_with([&](const Request&) { return Response::text("x").with_status(status); });
    driver.receive(kGet);
    CHECK(last_response(driver).status == 500);
  }
}

TEST_CASE("HEAD, 204 and 304 have no body, and say of it what they should") {
  struct Row {
    const char* name;
    std::string request;
    const char* length;
  };
  const Row rows[] = {
      {"HEAD", "HEAD /status/200 HTTP/1.1\r\n" + kHost + "\r\n", "6"},
      {"204", "GET /status/204 HTTP/1.1\r\n" + kHost + "\r\n", nullptr},
      {"304", "GET /status/304 HTTP/1.1\r\n" + kHost + "\r\n", nullptr},
      {"HEAD 204", "HEAD /status/204 HTTP/1.1\r\n" + kHost + "\r\n", nullptr},
      {"HEAD 404", "HEAD /status/404 HTTP/1.1\r\n" + kHost + "\r\n", "6"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.answer_with([](const Request& request) {
      return Response::text("a body").with_status(std::stoi(std::string{request.param("code")}));
    });
    driver.receive(row.request);
    CHECK(driver.output().ends_with("\r\n\r\n"));
    const auto responses = read_responses(driver.output(), {"HEAD"});
    REQUIRE(responses.size() == 1);
    CHECK(responses[0].field("Content-Length") ==
          (row.length ? std::optional<std::string>{row.length} : std::nullopt));
    CHECK(driver.answers().back().body_bytes == 0);
    CHECK(driver.end() == End::kOpen);
  }
}

TEST_CASE("Connection says what becomes of the connection") {
  struct Row {
    const char* name;
    const char* request_field;
    const char* version;
    const char* handlers;  ///< the Connection field a handler sets
    const char* expected;
    End end;
  };
  const Row rows[] = {
      {"1.1", "", "1.1", nullptr, nullptr, End::kOpen},
      {"1.1 close", "Connection: close\r\n", "1.1", nullptr, "close", End::kClose},
      {"1.0", "", "1.0", nullptr, "close", End::kClose},
      {"1.0 keep-alive", "Connection: keep-alive\r\n", "1.0", nullptr, "keep-alive", End::kOpen},
      {"a handler closes", "", "1.1", "close", "close", End::kLinger},
      {"a handler closes in a list", "", "1.1", "x, Close", "close", End::kLinger},
      {"a handler cannot keep", "Connection: close\r\n", "1.1", "keep-alive", "close", End::kClose},
      {"a handler's other word", "", "1.1", "upgrade", nullptr, End::kOpen},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.answer_with([&](const Request&) {
      Response response = Response::text("x");
      if (row.handlers) response.add_field("Connection", row.handlers);
      return response;
    });
    driver.receive(std::string{"GET / HTTP/"} + row.version + "\r\n" + kHost + row.request_field + "\r\n");
    CHECK(last_response(driver).field("Connection") ==
          (row.expected ? std::optional<std::string>{row.expected} : std::nullopt));
    CHECK(driver.end() == row.end);
  }
}

TEST_CASE("Without keepalive every response closes") {
  Config config;
  config.keepalive = std::chrono::milliseconds{0};
  Driver driver{config};
  driver.receive(kGet + kGetB);
  CHECK(last_response(driver).field("Connection") == "close");
  CHECK(driver.requests().size() == 1);
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("Request ids: kept from trusted peers, else made, sent back in any case") {
  struct Row {
    const char* name;
    const char* peer;
    const char* offered;
    bool kept;
  };
  const Row rows[] = {
      {"trusted", "127.0.0.1", "my-id", true},          {"unix", "unix", "my-id", true},
      {"stranger", "192.0.2.1", "my-id", false},        {"trusted, too long", "127.0.0.1", nullptr, false},
      {"trusted, no token", "127.0.0.1", "a b", false}, {"trusted, empty", "127.0.0.1", "", false}};
  for (const Row& row : rows) {
    INFO(row.name);
    const std::string offered = row.offered ? row.offered : std::string(65, 'x');
    Driver driver{{}, Driver::echo_routes(), row.peer};
    driver.receive("GET / HTTP/1.1\r\n" + kHost + "X-Request-ID: " + offered + "\r\n\r\n");
    const std::string id = driver.requests().at(0).id;
    CHECK((id == offered) == row.kept);
    CHECK((row.kept || id.size() == 16));
    CHECK(last_response(driver).field("X-Request-ID") == id);
  }
  Driver driver;
  driver.receive("nonsense\r\n\r\n");
  CHECK(last_response(driver).field("X-Request-ID").value().size() == 16);
}

TEST_CASE("Errors come in the form the request accepts") {
  struct Row {
    const char* accept;
    const char* media_type;
  };
  for (const Row& row :
       {Row{"application/json", "application/json"}, Row{"text/html,*/*", "text/html; charset=utf-8"},
        Row{"*/*", "text/plain; charset=utf-8"}}) {
    INFO(row.accept);
    Driver driver;
    driver.receive("DELETE /get HTTP/1.1\r\n" + kHost + "Accept: " + row.accept + "\r\n\r\n");
    CHECK(last_response(driver).status == 405);
    CHECK(last_response(driver).field("Allow") == "GET, HEAD, OPTIONS");
    CHECK(last_response(driver).field("Content-Type") == row.media_type);
    driver.receive("GET / HTTP/1.1\r\nHost: a b\r\nAccept: " + std::string{row.accept} + "\r\n\r\n");
    CHECK(last_response(driver).status == 400);
  }
}

TEST_CASE("Errors come in the form that is configured, whatever the request accepts") {
  struct Row {
    ErrorForm form;
    const char* media_type;
  };
  for (const Row& row :
       {Row{ErrorForm::kJson, "application/json"}, Row{ErrorForm::kHtml, "text/html; charset=utf-8"},
        Row{ErrorForm::kText, "text/plain; charset=utf-8"}}) {
    INFO(row.media_type);
    Config config;
    config.error_form = row.form;
    for (const char* wrong :
         {"DELETE /get HTTP/1.1\r\nHost: h\r\nAccept: image/png\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a b\r\nAccept: text/html, */json\r\n\r\n", "nonsense\r\n\r\n"}) {
      Driver driver{config};
      driver.receive(wrong);
      CHECK(last_response(driver).field("Content-Type") == row.media_type);
    }
  }
}

TEST_CASE("A refusal of a HEAD request has no body") {
  Driver driver;
  driver.receive("HEAD / HTTP/1.1\r\n\r\n");
  CHECK(driver.rejects() == std::vector<std::string>{"missing_host"});
  CHECK(driver.output().ends_with("\r\n\r\n"));
}

// --- bodies ---

TEST_CASE("Body limits hold at the byte, by length and by chunks") {
  Config config;
  config.limit_request_body = 100;
  for (const std::size_t size : {std::size_t{99}, std::size_t{100}, std::size_t{101}}) {
    INFO(size);
    const std::string body(size, 'x');
    const std::string head = "POST /p HTTP/1.1\r\n" + kHost;
    const std::string half = std::to_string(size / 2);
    const std::string by_length = post("/p", size) + body;
    const std::string one_byte_chunks = [&] {
      std::string text = head + "Transfer-Encoding: chunked\r\n\r\n";
      for (const char c : body) text += std::string{"1\r\n"} + c + "\r\n";
      return text + "0\r\n\r\n";
    }();
    for (const std::string& bytes : {by_length, one_byte_chunks}) {
      const Outcome outcome = run_chunked(bytes, config);
      CHECK(outcome.rejects == (size > 100 ? "large_body\n" : ""));
      CHECK(outcome.end == (size > 100 ? "linger" : "keep"));
      CHECK((outcome.requests.find("body " + body + "\n") != std::string::npos) == (size <= 100));
    }
  }
}

TEST_CASE("Head limits hold at the byte in the whole exchange") {
  struct Row {
    const char* name;
    std::string head;
    const char* above;  ///< the refusal one byte beyond the limit
    std::size_t Config::*limit;
    std::size_t size;
  };
  const std::string head = "GET /0123456789 HTTP/1.1\r\nHost: h\r\nA: 0123456789\r\n\r\n";
  const Row rows[] = {
      {"line", head, "long_request_line\n", &Config::limit_request_line, 24},
      {"field", head, "long_field\n", &Config::limit_request_field_size, 13},
      {"fields", head, "too_many_fields\n", &Config::limit_request_fields, 2},
      {"head", head, "long_head\n", &Config::limit_request_head, head.size()},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Config config;
    config.*row.limit = row.size;
    CHECK(run_chunked(row.head, config).rejects.empty());
    config.*row.limit = row.size + 1;
    CHECK(run_chunked(row.head, config).rejects.empty());
    config.*row.limit = row.size - 1;
    CHECK(run_chunked(row.head, config).rejects == row.above);
  }
}

TEST_CASE("A body is read as it comes when its handler asks, and not before") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 10) + "abc");
  REQUIRE(driver.requests().size() == 1);
  CHECK(driver.body_pieces().empty());
  CHECK_FALSE(driver.exchange().wants_input());
  driver.want_body();
  CHECK(driver.body_pieces() == std::vector<std::string>{"abc"});
  CHECK_FALSE(driver.body_ended());
  driver.want_body();
  CHECK(driver.body_pieces().size() == 1);
  CHECK(driver.exchange().wants_input());
  driver.receive("defg");
  CHECK(driver.body_pieces().back() == "defg");
  driver.receive("hij" + kGet);
  CHECK(driver.body_pieces().size() == 2);
  driver.want_body();
  CHECK(driver.body_pieces().back() == "hij");
  CHECK(driver.body_ended());
  CHECK(driver.requests().size() == 1);
  driver.answer(Response::text("done"));
  CHECK(driver.requests().size() == 2);
}

TEST_CASE("Nonsense in a body that is read as it comes is refused, also in the middle of the answer") {
  const std::string head = "POST /stream HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n";
  Driver driver;
  driver.hold_requests();
  driver.receive(head + "1\r\na\r\n");
  driver.want_body();
  driver.want_body();
  driver.receive("z\r\n");
  CHECK(driver.rejects() == std::vector<std::string>{"bad_chunk"});
  CHECK(statuses(driver) == std::vector<int>{400});
  CHECK(driver.end() == End::kLinger);

  Driver streaming;
  streaming.hold_requests();
  streaming.receive(head);
  streaming.start_stream(Response::text(""));
  streaming.send_piece("half");
  streaming.want_body();
  streaming.receive("z\r\n");
  CHECK(streaming.rejects() == std::vector<std::string>{"bad_chunk"});
  CHECK(streaming.answers() == std::vector<SeenAnswer>{{"POST", 200, 4}});
  CHECK_FALSE(last_response(streaming).whole);
  CHECK(streaming.end() == End::kLinger);
}

TEST_CASE("A client that leaves in the middle of a body its handler reads ends the request") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 10) + "abc");
  driver.want_body();
  driver.want_body();
  const Request request = driver.message()->share();
  driver.receive_end();
  CHECK(driver.rejects() == std::vector<std::string>{"truncated_request"});
  CHECK(request.cancelled());
  CHECK(driver.end() == End::kBroken);
}

// --- ends ---

TEST_CASE("A client that closes its side still gets its answers") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet + kGetB);
  driver.receive_end();
  driver.answer(Response::text("1"));
  CHECK_FALSE(last_response(driver).field("Connection"));
  driver.answer(Response::text("2"));
  CHECK(last_response(driver).field("Connection") == "close");
  CHECK(driver.rejects().empty());
  CHECK(driver.end() == End::kClose);
}

TEST_CASE("A truncated request behind a pending one is found when its turn comes") {
  for (const std::string& rest : {std::string{"GET /b HT"}, std::string{"\r"}, post("/p", 5) + "he"}) {
    INFO(rest);
    Driver driver;
    driver.hold_requests();
    driver.receive(kGet + rest);
    driver.receive_end();
    driver.answer(Response::text("1"));
    CHECK(driver.rejects() == std::vector<std::string>{"truncated_request"});
    CHECK(driver.end() == End::kClose);
    CHECK(read_responses(driver.output()).size() == 1);
  }
}

TEST_CASE("An empty line behind a request is nothing, also when it comes byte by byte") {
  for (const auto& pieces :
       std::vector<std::vector<std::string>>{{kGet + "\r\n"}, {kGet, "\r\n"}, {kGet, "\r", "\n"}}) {
    Driver driver;
    for (const auto& piece : pieces) driver.receive(piece);
    CHECK(driver.exchange().idle());
    driver.pass(std::chrono::minutes{5});
    CHECK(driver.rejects().empty());
    CHECK(driver.end() == End::kClose);
    CHECK(read_responses(driver.output()).size() == 1);
  }
}

TEST_CASE("Draining: idle connections close, busy ones after their response, new ones get one request") {
  Driver idle;
  idle.receive(kGet);
  idle.drain();
  CHECK(idle.end() == End::kClose);

  Driver busy;
  busy.hold_requests();
  busy.receive(kGet + kGetB);
  busy.drain();
  CHECK(busy.end() == End::kOpen);
  busy.answer(Response::text("x"));
  CHECK(last_response(busy).field("Connection") == "close");
  CHECK(busy.requests().size() == 1);
  CHECK(busy.end() == End::kLinger);

  Driver fresh;
  fresh.drain();
  CHECK(fresh.end() == End::kOpen);
  fresh.receive(kGet);
  CHECK(last_response(fresh).field("Connection") == "close");
  CHECK(fresh.end() == End::kLinger);

  Driver silent;
  silent.pass(std::chrono::seconds(5));
  silent.drain();
  silent.pass(std::chrono::milliseconds(999));
  CHECK(silent.end() == End::kOpen);
  silent.pass(std::chrono::milliseconds(1));
  CHECK(silent.end() == End::kClose);
  CHECK(silent.rejects().empty());

  Driver discarding;
  discarding.receive(post("/get", 5));
  discarding.drain();
  CHECK(discarding.end() == End::kOpen);
  discarding.receive("hello");
  CHECK(discarding.end() == End::kClose);
}

TEST_CASE("Abandoned requests are cancelled, and their answers go nowhere") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  const Request request = driver.message()->share();
  CHECK_FALSE(request.cancelled());
  driver.abandon();
  CHECK(request.cancelled());
  CHECK_FALSE(driver.answer(Response::text("x")));
  CHECK(driver.end() == End::kBroken);
  CHECK(driver.output().empty());
}

TEST_CASE("An idle exchange holds no message") {
  Driver driver;
  CHECK_FALSE(driver.message());
  driver.receive(kGet);
  CHECK_FALSE(driver.message());
  driver.receive("G");
  CHECK(driver.message());
  driver.abandon();
  CHECK_FALSE(driver.message());
}

}  // namespace
}  // namespace orrery::test
