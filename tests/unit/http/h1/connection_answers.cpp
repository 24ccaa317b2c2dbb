// What a connection answers: what handlers may say, what it adds, and its own errors.
#include <catch2/catch.hpp>

#include "support/chunker.hpp"
#include "unit/http/h1/connection_requests.hpp"

namespace orrery::test {
namespace {

using Driver = ConnectionDriver;

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
  driver.answer_with([](const Request&) { return Response::text("x").with_field("Location", "/\r\nSet-Cookie: a=b"); });
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
    CHECK(responses[0].field("Content-Length") == (row.length ? std::optional<std::string>{row.length} : std::nullopt));
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
    Driver driver{{}, echo_routes(), row.peer};
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
  for (const Row& row : {Row{"application/json", "application/json"}, Row{"text/html,*/*", "text/html; charset=utf-8"},
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
  for (const Row& row : {Row{ErrorForm::kJson, "application/json"}, Row{ErrorForm::kHtml, "text/html; charset=utf-8"},
                         Row{ErrorForm::kText, "text/plain; charset=utf-8"}}) {
    INFO(row.media_type);
    Config config;
    config.error_form = row.form;
    for (const char* wrong : {"DELETE /get HTTP/1.1\r\nHost: h\r\nAccept: image/png\r\n\r\n",
                              "GET / HTTP/1.1\r\nHost: a b\r\nAccept: text/html, */json\r\n\r\n", "nonsense\r\n\r\n"}) {
      Driver driver{config};
      driver.receive(wrong);
      CHECK(last_response(driver).field("Content-Type") == row.media_type);
    }
  }
}

TEST_CASE("Accept on several lines means what it means on one") {
  struct Row {
    const char* name;
    const char* fields;
    const char* media_type;
  };
  const Row rows[] = {
      {"one", "Accept: application/json\r\n", "application/json"},
      {"the second", "Accept: image/png\r\nAccept: application/json\r\n", "application/json"},
      {"the third", "Accept: image/png\r\nACCEPT: image/avif\r\nA: b\r\naccept: text/html\r\n",
       "text/html; charset=utf-8"},
      {"behind an empty one", "Accept:\r\nAccept: application/json\r\n", "application/json"},
      {"an empty one behind", "Accept: application/json\r\nAccept:\r\n", "application/json"},
      {"none that we have", "Accept: image/png\r\nAccept: image/avif\r\n", "text/plain; charset=utf-8"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const std::string bytes = "DELETE /get HTTP/1.1\r\nHost: h\r\n" + std::string{row.fields} + "\r\n";
    Driver driver;
    driver.receive(bytes);
    CHECK(last_response(driver).status == 405);
    CHECK(last_response(driver).field("Content-Type") == row.media_type);
    driver.receive("DELETE /get HTTP/1.1\r\nHost: h\r\n\r\n");  // and says nothing of the next
    CHECK(last_response(driver).field("Content-Type") == "text/plain; charset=utf-8");
    run_chunked(bytes);
  }
  Config config;
  config.error_form = ErrorForm::kText;
  Driver driver{config};
  driver.receive("DELETE /get HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nAccept: text/html\r\n\r\n");
  CHECK(last_response(driver).field("Content-Type") == "text/plain; charset=utf-8");
}

TEST_CASE("A refusal of a HEAD request has no body") {
  Driver driver;
  driver.receive("HEAD / HTTP/1.1\r\n\r\n");
  CHECK(driver.rejects() == std::vector<std::string>{"missing_host"});
  CHECK(driver.output().ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace orrery::test
