#include "http/request_state.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>

#include "orrery/layer.hpp"

#include "support/routes.hpp"

namespace orrery::http {
namespace {

using namespace std::chrono_literals;
using base::Monotonic;
using base::Reject;
using Phase = RequestState::Phase;

constexpr Monotonic kNow{std::chrono::hours{1}};

class Nobody final : public Observer {
  void on_rejected(Reject, const base::Address&, const Message*) override {}
  void on_answered(const Message&, const Answer&) override {}
  void on_unsendable(const Message&) override {}
};

Route route(const char* method, const char* pattern, RouteOptions options) {
  return Route{method, pattern, [](const Request&) { return Response{}; }, {}, std::move(options)};
}

/// One request, without a connection.
struct Asked {
  explicit Asked(std::vector<Route> table) : routes(std::move(table)), router(Router::make(routes).value()) {
    config.request_deadline = 30s;
    config.body_timeout = 10s;
    config.min_rate = 100;
    config.limit_request_body = 50;
    state.message = context.pool.take();
  }
  ~Asked() { state.finish(); }
  std::optional<Reject> ask(std::string_view method, std::string_view path, std::uint64_t length = 0) {
    state.name(state.id + 1);
    state.message->method = method;
    state.message->bytes = path.data();
    state.message->path_part = {0, static_cast<std::uint32_t>(path.size())};
    state.message->content_length = length;
    state.message->body_complete = length == 0;
    state.message->body_started = kNow;
    return state.route(context, kNow);
  }
  Config config;
  std::vector<Route> routes;
  Router router;
  Nobody observer;
  Context context{config, router, routes, observer, Proxies{}, 7};
  RequestState state;
};

TEST_CASE("A body that is too large for memory is spooled, and its handler's time begins behind it") {
  Asked asked{{route("POST", "/a", {})}};
  asked.config.client_body_buffer_size = 20;
  // Nobody can bring it into a file.
  CHECK_FALSE(asked.ask("POST", "/a", 21));
  CHECK(asked.state.phase == Phase::kBody);
  asked.context.spools = true;
  CHECK_FALSE(asked.ask("POST", "/a", 20));
  CHECK(asked.state.phase == Phase::kBody);
  asked.state.message->body.assign(20, 'x');
  CHECK_FALSE(asked.state.outgrows_memory(asked.context));
  asked.state.message->body.assign(21, 'x');
  CHECK(asked.state.outgrows_memory(asked.context));
  asked.state.message->body_complete = true;
  CHECK_FALSE(asked.state.outgrows_memory(asked.context));
  CHECK_FALSE(asked.ask("POST", "/a", 21));
  CHECK(asked.state.phase == Phase::kHandling);
  CHECK(asked.state.message->body_spooled);
  CHECK(asked.state.message->deadline == Monotonic{});
  asked.state.end_spooling(asked.context, kNow + 5s);
  CHECK(asked.state.message->deadline == kNow + 35s);
  CHECK(asked.state.message->dispatched == kNow + 5s);
  asked.config.client_body_buffer_size = 0;
  CHECK(asked.context.largest_in_memory() == UINT64_MAX);
}

class Watch final : public LayerWatch {
 public:
  [[nodiscard]] std::chrono::seconds held_for(const Message&, Monotonic) override { return held; }
  int begun(Message&) override {
    said += "begun ";
    return 7;
  }
  void ended(int begun) override { said += "ended " + std::to_string(begun) + " "; }

  std::chrono::seconds held{0};
  std::string said;
};

TEST_CASE("Layers are watched while they see an answer, and see none of a request that is held") {
  Watch watch;
  RouteOptions options;
  options.layers = {Layer{"after", {}, [&watch](const Request&, Response&) { watch.said += "seen "; }}};
  RouteOptions before;
  before.layers = {Layer{"before", [](Request&) { return std::optional<Response>{}; }, {}}};
  Asked asked{{route("GET", "/a", options), route("GET", "/b", before), route("GET", "/c", {})}};
  asked.context.layer_watch = &watch;
  Response response = Response::text("x");
  CHECK_FALSE(asked.ask("GET", "/a"));
  CHECK(asked.state.pass_layers(asked.context, response, kNow));
  CHECK(watch.said == "begun seen ended 7 ");
  watch.held = 5s;
  CHECK(asked.state.held_for(asked.context, kNow) == 5s);
  CHECK(asked.state.pass_layers(asked.context, response, kNow));
  // What a handler answers that was called before must be fit to be sent all the same.
  Response forged = Response::text("x").with_field("X", "a\r\nb");
  CHECK_FALSE(asked.state.pass_layers(asked.context, forged, kNow));
  CHECK(forged.status() == 500);
  CHECK(watch.said == "begun seen ended 7 ");
  CHECK_FALSE(asked.ask("GET", "/b"));
  CHECK(asked.state.held_for(asked.context, kNow) == 5s);
  CHECK_FALSE(asked.ask("GET", "/c"));
  CHECK(asked.state.held_for(asked.context, kNow) == 0s);
  watch.held = 0s;
  CHECK_FALSE(asked.ask("GET", "/b"));
  CHECK(asked.state.pass_layers(asked.context, response, kNow));
  CHECK(watch.said == "begun seen ended 7 ");
}

TEST_CASE("A request is routed: to its handler at once, behind its body, or to nobody") {
  RouteOptions larger;
  larger.limit_request_body = 100;
  RouteOptions stream;
  stream.stream_body = true;
  Asked asked{{route("GET", "/a", {}), route("POST", "/a", larger), route("POST", "/s", stream)}};
  struct Row {
    const char* name;
    const char* method;
    const char* path;
    std::uint64_t length;
    Phase phase;
    int status;  ///< of the answer when there is no handler
  };
  const Row rows[] = {
      {"no body", "GET", "/a", 0, Phase::kHandling, 0},
      {"a body", "POST", "/a", 100, Phase::kBody, 0},
      {"a body that is streamed", "POST", "/s", 50, Phase::kHandling, 0},
      {"a path that is nobody's", "GET", "/b", 0, Phase::kHandling, 404},
      {"another method", "PUT", "/a", 0, Phase::kHandling, 405},
      {"OPTIONS", "OPTIONS", "/a", 0, Phase::kHandling, 204},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK_FALSE(asked.ask(row.method, row.path, row.length));
    CHECK(asked.state.phase == row.phase);
    CHECK(asked.state.has_handler() == (row.status == 0));
    if (row.status != 0) CHECK(asked.state.answer_without_handler().status() == row.status);
  }
  CHECK(asked.ask("POST", "/a", 101) == Reject::large_body);
  CHECK(asked.ask("POST", "/s", 51) == Reject::large_body);
}

TEST_CASE("A request has its name from its head on, and only that") {
  Asked asked{{route("GET", "/a", {})}};
  asked.state.phase = Phase::kHead;
  CHECK_FALSE(asked.state.is(0));
  CHECK_FALSE(asked.ask("GET", "/a"));
  CHECK(asked.state.is(1));
  CHECK_FALSE(asked.state.is(2));
  asked.state.finish();
  CHECK_FALSE(asked.state.is(1));
  asked.state.message = asked.context.pool.take();
}

TEST_CASE("What is overdue is the body while it is read, and the handler while it is asked") {
  Asked asked{{route("POST", "/a", {})}};
  RequestState& state = asked.state;
  CHECK_FALSE(asked.ask("POST", "/a", 50));
  CHECK(state.deadline(asked.config) == kNow + 10s);
  state.message->body_received = 25;  // a quarter of a second at 100 bytes a second
  CHECK(state.deadline(asked.config) == kNow + 10s + 250ms);
  CHECK(state.overdue(kNow + 60s) == Reject::body_timeout);
  state.begin_handling(asked.context, kNow + 1s);
  CHECK(state.deadline(asked.config) == kNow + 31s);
  CHECK(state.overdue(kNow + 31s) == Reject::request_deadline);
  state.body_wanted = true;
  CHECK(state.deadline(asked.config) == kNow + 10s + 250ms);
  CHECK(state.overdue(kNow + 11s) == Reject::body_timeout);
  state.message->body_paused = kNow + 2s;
  state.discard_body(kNow + 5s);  // for three seconds nobody asked for it
  CHECK(state.deadline(asked.config) == kNow + 13s + 250ms);
  CHECK(state.overdue(kNow + 60s) == Reject::body_timeout);
}

}  // namespace
}  // namespace orrery::http
