#include "layers.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using orrery::Layer;
using orrery::Problem;
using orrery::Request;
using orrery::Responder;
using orrery::Response;
using orrery::Task;

/// How often a layer has seen a request.
struct Seen {
  int before = 0;
  int after = 0;
};

std::thread::id loop_thread;

Layer around_all() {
  return {"around-all",
          [](Request& request) -> std::optional<Response> {
            ++request.extras().set(Seen{}).before;
            return {};
          },
          [](const Request& request, Response& response) {
            const Seen* const seen = request.extras().get<Seen>();
            const bool here = std::this_thread::get_id() == loop_thread;
            response.add_field("X-Layer", std::to_string(seen ? seen->before : 0) + (here ? " loop" : " elsewhere"));
          }};
}

Layer faulty() {
  return {"faulty",
          [](Request& request) -> std::optional<Response> {
            if (request.query_string() == "fault=crash") std::abort();
            if (request.query_string() == "fault=before") throw std::runtime_error("told to fail before");
            return {};
          },
          [](const Request& request, Response&) {
            if (request.query_string() == "fault=crash-after") std::abort();
            if (request.query_string() == "fault=after") throw std::runtime_error("told to fail after");
          }};
}

Layer token() {
  return {"token", [](Request& request) -> std::optional<Response> {
            if (request.field("X-Token")) return {};
            return Response::text("no token\n").with_status(401);
          }};
}

void stream(Request, Responder responder) {
  if (const auto body = std::move(responder).start(Response::bytes("text/plain", ""))) {
    (void)body->write("streamed\n");
    body->end();
  }
}

Response pull(const Request&) {
  return Response::stream("text/plain", [](std::string& out) {
    out = "pulled\n";
    return false;
  });
}

void later(Request, Responder responder) {
  std::thread{[responder = std::move(responder)]() mutable {
    std::move(responder).send(Response::text("later\n"));
  }}.detach();
}

Task<Response> task(const Request&) {
  co_await orrery::sleep_for(std::chrono::milliseconds{1});
  co_return Response::text("task\n");
}

void count_body(Request, Responder responder) {
  auto shared = std::make_shared<Responder>(std::move(responder));
  shared->body().read([shared](const orrery::BodyPiece&) { std::move(*shared).send(Response::text("read\n")); });
}

std::string sum(std::int64_t a, std::int64_t b) { return std::to_string(a + b) + "\n"; }

struct Numbers {
  std::vector<int> all;
};

}  // namespace

/// "[1,2]", without spaces: enough to be JSON.
template <>
struct orrery::JsonCodec<Numbers> {
  static Result<Numbers> read(std::string_view json) {
    Numbers numbers;
    if (!json.starts_with('[') || !json.ends_with(']')) return fail("it is no array");
    for (json = json.substr(1, json.size() - 2); !json.empty();) {
      const std::string_view one = json.substr(0, json.find(','));
      const auto number = FromText<int>::read(one);
      if (!number) return fail("a member " + number.error().message);
      numbers.all.push_back(*number);
      json.remove_prefix(std::min(one.size() + 1, json.size()));
    }
    return numbers;
  }
  static void write(const Numbers& numbers, std::string& out) {
    for (const int number : numbers.all) out += (out.empty() ? "[" : ",") + std::to_string(number);
    out += out.empty() ? "[]" : "]";
  }
};

orrery::App make_layered_app() {
  using std::chrono::milliseconds;
  orrery::App app;
  app.layer(around_all());
  app.on_error([](const Problem& problem) {
    return Response::text(std::to_string(problem.status) + " " + std::string{problem.name} + ": " + problem.message)
        .with_status(problem.status);
  });
  auto group = app.group("", {.layers = {faulty()}});
  group.get("/plain", [](const Request&) { return Response::text("plain\n"); });
  group.get("/task", task).get("/later", later).get("/stream", stream).get("/pull", pull);
  app.post("/body", count_body, {.stream_body = true, .layers = {token()}});
  app.get("/teapot", [](const Request&) -> Response { throw orrery::HttpError{418, "Short and stout."}; });
  app.get("/typed/{a}/{b}", [](const Request&, std::int64_t a, std::int64_t b) { return Response::text(sum(a, b)); });
  app.get("/typed-task/{a}/{b}", [](const Request&, std::int64_t a, std::int64_t b) -> Task<Response> {
    co_await orrery::sleep_for(milliseconds{1});
    co_return Response::text(sum(a, b));
  });
  app.get("/typed-later/{a}/{b}", [](Request, Responder responder, std::int64_t a, std::int64_t b) {
    std::move(responder).send(Response::text(sum(a, b)));
  });
  app.post("/json", [](const Request&, orrery::Json<Numbers> numbers) {
    numbers.value.all.push_back(static_cast<int>(numbers.value.all.size()));
    return numbers.value;
  });
  app.get("/quick",
          [](const Request&) {
            std::this_thread::sleep_for(milliseconds{300});
            return Response::text("late\n");
          },
          {.request_deadline = milliseconds{100}});
  app.get("/quick/later",
          [](Request request, Responder responder) {
            auto kept = std::make_shared<std::pair<Request, Responder>>(std::move(request), std::move(responder));
            kept->first.on_cancelled([kept] {});
          },
          {.request_deadline = milliseconds{100}});
  app.on_worker_start([](orrery::Worker&) -> orrery::Result<void> {
    loop_thread = std::this_thread::get_id();
    return {};
  });
  return app;
}

orrery::App make_wrong_app() {
  orrery::App app;
  const auto plain = [](const Request&) { return Response{}; };
  for (const std::string pattern : {"/{a}/{a}", "/{id:int}", "/fine", "/fine"}) app.get(pattern, plain);
  app.get(std::string{"/{a}/{b}"}, [](const Request&, int) { return Response{}; });
  return app;
}
