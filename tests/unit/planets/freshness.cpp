#include "planets/freshness.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "support/connection_driver.hpp"

namespace orrery::planets {
namespace {

test::SeenResponse answered(const std::string& fields, const test::ConnectionDriver::Handler& handler) {
  test::ConnectionDriver driver;
  driver.answer_with(handler);
  driver.receive("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  return test::read_responses(driver.output(), {"GET"}).at(0);
}

}  // namespace

TEST_CASE("freshness: an answer that lasts is sent, known, or not the one that is wanted", "[planets]") {
  const auto handler = [](const Request& request) { return lasting(request, "text/plain", "body"); };
  const std::string tag = entity_tag("body");
  const auto whole = answered("", handler);
  CHECK(whole.status == 200);
  CHECK(whole.body == "body");
  CHECK(whole.field("ETag") == tag);
  CHECK(whole.field("Cache-Control") == "public, max-age=86400");
  const auto known = answered("If-None-Match: " + tag + "\r\n", handler);
  CHECK(known.status == 304);
  CHECK(known.body.empty());
  CHECK(known.field("ETag") == tag);
  CHECK(answered("If-Match: \"other\"\r\n", handler).status == 412);
  CHECK(answered("If-Match: " + tag + "\r\n", handler).status == 200);
}

TEST_CASE("freshness: an answer about now is stored nowhere", "[planets]") {
  const auto now = answered("", [](const Request&) { return of_now(Response::text("now")); });
  CHECK(now.field("Cache-Control") == "no-store");
  CHECK(now.field("Access-Control-Allow-Origin") == "*");
  CHECK_FALSE(now.field("ETag"));
}

TEST_CASE("freshness: a file of the program is asked about each time", "[planets]") {
  static const Document document{"text/css", "a{}"};
  const auto handler = [](const Request& request) { return embedded(request, document); };
  CHECK(answered("", handler).field("Cache-Control") == "no-cache");
  CHECK(answered("", handler).body == "a{}");
  CHECK(answered("If-None-Match: " + document.tag + "\r\n", handler).status == 304);
  CHECK(answered("If-Match: \"x\"\r\n", handler).status == 412);
}

TEST_CASE("freshness: a file of the program comes in the form that its client takes", "[planets]") {
  static const Document document{"text/css", std::string_view{"a{} a{} a{} a{} a{} a{} a{} a{} a{} a{} a{} a{}"}};
  const auto handler = [](const Request& request) { return embedded(request, document); };
  const auto plain = answered("", handler);
  CHECK_FALSE(plain.field("Content-Encoding"));
  CHECK(plain.field("Vary") == "Accept-Encoding");
  for (const char* coding : {"br", "gzip"}) {
    INFO(coding);
    const std::string accept = std::string{"Accept-Encoding: "} + coding + "\r\n";
    const auto small = answered(accept, handler);
    CHECK(small.field("Content-Encoding") == coding);
    CHECK(small.body.size() < plain.body.size());
    CHECK(small.field("ETag") != plain.field("ETag"));
    const auto known = answered(accept + "If-None-Match: " + *small.field("ETag") + "\r\n", handler);
    CHECK(known.status == 304);
    CHECK_FALSE(known.field("Content-Encoding"));
    CHECK(answered(accept + "If-None-Match: " + *plain.field("ETag") + "\r\n", handler).status == 200);
  }
}

TEST_CASE("freshness: an answer that lasts is compressed where that pays, and known all the same", "[planets]") {
  const std::string body(5000, 'x');
  const auto handler = [&](const Request& request) { return lasting(request, "application/json", body); };
  const auto small = answered("Accept-Encoding: gzip\r\n", handler);
  CHECK(small.field("Content-Encoding") == "gzip");
  CHECK(small.field("Vary") == "Accept-Encoding");
  CHECK(small.field("ETag") == "W/" + entity_tag(body));
  CHECK(answered("Accept-Encoding: gzip\r\nIf-None-Match: W/" + entity_tag(body) + "\r\n", handler).status == 304);
  CHECK_FALSE(answered("", handler).field("Content-Encoding"));
}

}  // namespace orrery::planets
