#include "upstream/trace.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "orrery/test_client.hpp"

namespace orrery::upstream {
namespace {

const std::string kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST_CASE("trace: a parent gets another span, and what is none gets nothing") {
  struct Row {
    const char* name;
    std::string parent;
    const char* child;
  };
  const Row rows[] = {
      {"good", kParent, "00-4bf92f3577b34da6a3ce929d0e0e4736-1111111111111111-01"},
      {"empty", "", nullptr},
      {"short", kParent.substr(1), nullptr},
      {"longer", kParent + "-x", nullptr},
      {"another version", "01" + kParent.substr(2), nullptr},
      {"capitals", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", nullptr},
      {"no trace", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", nullptr},
      {"no span", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", nullptr},
      {"a line break", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7\r\n1", nullptr},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto child = child_of(row.parent, "1111111111111111");
    CHECK(child.has_value() == (row.child != nullptr));
    if (child && row.child) CHECK(*child == row.child);
  }
}

TEST_CASE("trace: what goes along with a call for a request") {
  Fields seen;
  App app;
  app.get("/", [&seen](const Request& request) {
    seen = {{"x-request-id", "mine"}};
    if (request.query("bare")) seen.clear();
    add_trace(request, seen);
    return Response::text("");
  });
  TestClient client{std::move(app)};
  client.get("/?bare").field("traceparent", kParent).field("tracestate", "a=1").field("X-Request-ID", "r7").send();
  CHECK(value_of(seen, "X-REQUEST-ID") == "r7");
  CHECK(value_of(seen, "tracestate") == "a=1");
  REQUIRE(value_of(seen, "traceparent"));
  CHECK(value_of(seen, "traceparent")->substr(0, 36) == kParent.substr(0, 36));
  CHECK(*value_of(seen, "traceparent") != kParent);
  client.get("/").field("traceparent", "nonsense").field("tracestate", "a=1").send();
  CHECK(seen == Fields{{"x-request-id", "mine"}});
}

}  // namespace
}  // namespace orrery::upstream
