// The head of a request, field by field. What a client is told of its faults is in unit/http/h2/rules.
#include "http/h2/head.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace orrery::http::h2 {
namespace {

struct Given {
  Config config;
  MessagePool pool;
  Message* message = pool.take();
  Head head{config, true};
  PolicyFindings findings;

  ~Given() { message->release(); }
  std::optional<base::Reject> read(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    head.begin(*message);
    for (const auto& [name, value] : fields) {
      // Nothing is kept by reference.
      const std::string own_name{name}, own_value{value};
      head.take(own_name, own_value);
    }
    return head.finish(findings);
  }
};

TEST_CASE("Head fills a message as the parser of HTTP/1.1 does") {
  Given given;
  CHECK_FALSE(given.read({{":path", "/a%20b?c=d"},
                          {":authority", "a.example:8000"},
                          {":scheme", "https"},
                          {":method", "PUT"},
                          {"accept", "text/html"},
                          {"content-length", "7"}}));
  const Message& message = *given.message;
  CHECK(message.protocol == base::Protocol::kHttp2);
  CHECK(message.method == "PUT");
  CHECK(message.view(message.target) == "/a%20b?c=d");
  CHECK(message.path() == "/a b");
  CHECK(message.view(message.query) == "c=d");
  CHECK(message.view(message.authority) == "a.example:8000");
  CHECK(message.view(message.accept) == "text/html");
  CHECK(message.content_length == 7);
  CHECK(given.findings.content_length);
  REQUIRE(message.fields.size() == 3);
  CHECK(message.field(message.fields[0]).name == "host");
  CHECK(message.field(message.fields[0]).value == "a.example:8000");
}

TEST_CASE("Head keeps nothing behind a field that it refuses") {
  Given given;
  given.config.limit_request_head = 200;
  const std::string large(150, 'x');
  CHECK(given.read({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"a", large}, {"b", large}, {"c", "d"}}) ==
        base::Reject::long_head);
  CHECK(given.message->fields.size() == 1);
}

TEST_CASE("Head shows no request where method or target are missing") {
  Given given;
  CHECK(given.read({{":path", "/"}, {":method", "a b"}}) == base::Reject::bad_method);
  CHECK(given.message->bytes != nullptr);
  Given other;
  CHECK(other.read({{":path", "/"}, {":path", "/"}}) == base::Reject::bad_pseudo_field);
  CHECK(other.message->bytes == nullptr);
  CHECK(other.message->target.length == 0);
}

TEST_CASE("Head takes a request that opens a WebSocket for the GET that it is in HTTP/1.1 (RFC 8441)") {
  Given given;
  CHECK_FALSE(given.read({{":method", "CONNECT"},
                          {":protocol", "websocket"},
                          {":scheme", "https"},
                          {":path", "/chat?room=1"},
                          {":authority", "a.example"},
                          {"sec-websocket-version", "13"}}));
  CHECK(given.message->method == "GET");
  CHECK(given.message->path() == "/chat");
  CHECK(given.message->framing == BodyFraming::kTunnel);
  // The next request of the connection is its own.
  MessagePool pool;
  Message* const next = pool.take();
  given.head.begin(*next);
  for (const auto& [name, value] : {std::pair{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {"host", "a"}})
    given.head.take(name, value);
  PolicyFindings findings;
  CHECK_FALSE(given.head.finish(findings));
  CHECK(next->framing == BodyFraming::kNone);
  next->release();
}

TEST_CASE("Head refuses what opens no WebSocket, though it has `:protocol`") {
  using base::Reject;
  struct Row {
    const char* name;
    std::vector<std::pair<std::string, std::string>> fields;
    Reject reason;
  };
  const std::vector<Row> rows{
      {"another protocol",
       {{":method", "CONNECT"}, {":protocol", "connect-udp"}, {":scheme", "https"}, {":path", "/"}, {"host", "a"}},
       Reject::no_tunnel},
      {"no CONNECT",
       {{":method", "GET"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/"}, {"host", "a"}},
       Reject::bad_pseudo_field},
      {"no scheme",
       {{":method", "CONNECT"}, {":protocol", "websocket"}, {":path", "/"}, {"host", "a"}},
       Reject::bad_pseudo_field},
      {"no path",
       {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {"host", "a"}},
       Reject::bad_pseudo_field},
      {"no host",
       {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/"}},
       Reject::missing_host},
      {"twice",
       {{":method", "CONNECT"},
        {":protocol", "websocket"},
        {":protocol", "websocket"},
        {":scheme", "https"},
        {":path", "/"},
        {"host", "a"}},
       Reject::bad_pseudo_field},
      {"behind a field",
       {{":method", "CONNECT"}, {":scheme", "https"}, {":path", "/"}, {"host", "a"}, {":protocol", "websocket"}},
       Reject::bad_pseudo_field},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Given given;
    given.head.begin(*given.message);
    for (const auto& [name, value] : row.fields) given.head.take(name, value);
    CHECK(given.head.finish(given.findings) == row.reason);
  }
  // Where no route is a WebSocket the client was not told that it may.
  Given given;
  Head deaf{given.config, false};
  deaf.begin(*given.message);
  for (const auto& [name, value] : rows[0].fields) deaf.take(name, value);
  CHECK(deaf.finish(given.findings) == Reject::bad_pseudo_field);
}

TEST_CASE("Head reads trailers, and only those that may stand there") {
  Given given;
  given.head.begin_trailers(*given.message);
  given.head.take("checksum", "7");
  CHECK_FALSE(given.head.finish_trailers());
  REQUIRE(given.message->trailers.size() == 1);
  CHECK(given.message->trailer(given.message->trailers[0]).value == "7");
  given.head.begin_trailers(*given.message);
  given.head.take("content-length", "7");
  CHECK(given.head.finish_trailers() == base::Reject::forbidden_trailer);
}

TEST_CASE("Head hears how urgent an answer is (RFC 9218)") {
  struct Case {
    const char* value;
    int urgency;
    bool incremental;
  };
  for (const Case& row : {Case{"", 3, false}, Case{"u=0", 0, false}, Case{"u=7, i", 7, true}, Case{"i=?1,u=2", 2, true},
                          Case{"i, i=?0", 3, false}, Case{"u=8", 3, false}, Case{"u=-1, x=y", 3, false}}) {
    INFO(row.value);
    Given given;
    given.read({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"host", "a"}, {"priority", row.value}});
    CHECK(given.head.priority().urgency == row.urgency);
    CHECK(given.head.priority().incremental == row.incremental);
  }
}

}  // namespace
}  // namespace orrery::http::h2
