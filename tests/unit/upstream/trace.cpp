#include "upstream/trace.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "orrery/test_client.hpp"

namespace orrery::upstream {
namespace {

const std::string kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// What goes along with a call for a request of this client.
Fields sent_on(const Config& config, const std::string& client_address, bool with_parent, Fields own = {}) {
  Fields seen = std::move(own);
  App app;
  app.get("/", [&seen](const Request& request) {
    add_trace(request, seen);
    return Response::text("");
  });
  TestClient client{std::move(app), config};
  auto request = client.get("/").from(client_address).field("X-Request-ID", "r7").field("tracestate", "a=1");
  if (with_parent) request.field("traceparent", kParent);
  request.send();
  return seen;
}

TEST_CASE("trace: a trusted peer's goes on, with the request as the parent, and nobody else's does") {
  struct Row {
    const char* name;
    const char* client;
    Traceparent setting;
    bool with_parent;
    bool traced, same_trace, with_state;
  };
  const Row rows[] = {
      {"a trusted peer's", "127.0.0.1", Traceparent::kKeep, true, true, true, true},
      {"a stranger's", "192.0.2.1", Traceparent::kKeep, true, false, false, false},
      {"switched off", "127.0.0.1", Traceparent::kOff, true, false, false, false},
      {"begun for a stranger", "192.0.2.1", Traceparent::kMake, true, true, false, false},
      {"begun where there is none", "127.0.0.1", Traceparent::kMake, false, true, false, false},
      {"none", "127.0.0.1", Traceparent::kKeep, false, false, false, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Config config;
    config.traceparent = row.setting;
    const Fields sent = sent_on(config, row.client, row.with_parent);
    const auto parent = value_of(sent, "traceparent");
    CHECK(parent.has_value() == row.traced);
    CHECK(value_of(sent, "tracestate").has_value() == row.with_state);
    if (!parent) continue;
    CHECK((parent->substr(0, 35) == kParent.substr(0, 35)) == row.same_trace);
    CHECK(*parent != kParent);
  }
}

TEST_CASE("trace: fields of the call's own stay") {
  const Fields own{{"x-request-id", "mine"}, {"Traceparent", "00-mine"}};
  CHECK(sent_on({}, "127.0.0.1", true, own) == own);
  CHECK(value_of(sent_on({}, "127.0.0.1", false), "X-REQUEST-ID") == "r7");
}

}  // namespace
}  // namespace orrery::upstream
