// The head of a request, field by field. What a client is told of its faults is in unit/http/h2/rules.
#include "http/h2/head.hpp"

#include <catch2/catch.hpp>

namespace orrery::http::h2 {
namespace {

struct Given {
  Config config;
  MessagePool pool;
  Message* message = pool.take();
  Head head{config};
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
