#include "tasks.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace {

using orrery::Request;
using orrery::Response;
using orrery::Task;
using Milliseconds = std::chrono::milliseconds;

/// Of this worker; its loop thread's only.
int living = 0;
int cancelled = 0;

/// In each frame.
class Frame {
 public:
  Frame() { ++living; }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame() { --living; }
};

Milliseconds time_of(const Request& request, std::string_view name = "ms") {
  std::int64_t value = 20;
  if (const auto text = request.query(name)) std::from_chars(text->data(), text->data() + text->size(), value);
  return Milliseconds{value};
}

/// Sleeps, and counts when it is cancelled meanwhile.
Task<std::string> nap(Milliseconds time) {
  const Frame frame;
  try {
    co_await orrery::sleep_for(time);
  } catch (const orrery::Cancelled&) {
    ++cancelled;
    throw;
  }
  co_return "slept\n";
}

Task<Response> echo_later(const Request& request) {
  const Frame frame;
  co_await nap(time_of(request));
  std::string text{request.method()};
  text.append(" ").append(request.param("name")).append(" ").append(request.query_string());
  text.append(" ").append(request.body()).append(" ").append(request.field("X-Test").value_or("-"));
  co_return Response::text(text + "\n");
}

Task<Response> echo_owned(Request request) {
  const Frame frame;
  co_await nap(Milliseconds{20});
  co_return Response::text(std::string{request.body()});
}

Task<Response> sleep_and_answer(const Request& request) {
  const Frame frame;
  co_return Response::text(co_await nap(time_of(request)));
}

Task<Response> fail_later(const Request& request) {
  const Frame frame;
  if (time_of(request).count() > 0) co_await nap(time_of(request));
  throw std::runtime_error("thrown on purpose, later");
}

Task<Response> teapot(const Request& request) {
  const Frame frame;
  co_await nap(time_of(request));
  throw orrery::HttpError{418, "Short and stout."};
}

Task<Response> unmade(const Request&) { throw std::runtime_error("there is no coroutine"); }

Task<Response> all_side_by_side(const Request& request) {
  const Frame frame;
  const Milliseconds time = time_of(request);
  const auto [one, two, three] = co_await orrery::all(nap(time), nap(time), nap(time));
  co_return Response::text(one + two + three);
}

Task<Response> sleep_within(const Request& request) {
  const Frame frame;
  co_return Response::text(co_await orrery::within(time_of(request, "limit"), nap(time_of(request))));
}

Task<Response> ask_thread(const Request& request) {
  const Frame frame;
  const std::thread::id here = std::this_thread::get_id();
  const Milliseconds time = time_of(request);
  std::string text = co_await orrery::Await<std::string>{[&](auto done) {
    std::thread{[done, time] {
      std::this_thread::sleep_for(time);
      done("from a thread\n");
    }}.detach();
  }};
  co_return Response::text(std::this_thread::get_id() == here ? text : "on the wrong thread\n");
}

Task<Response> ask_nobody(const Request&) {
  const Frame frame;
  co_return Response::text(co_await orrery::Await<std::string>{[](auto) {}});
}

Task<Response> give_up(const Request&) {
  const Frame frame;
  co_await nap(Milliseconds{1});
  throw orrery::Cancelled{};
}

}  // namespace

void add_tasks(orrery::App& app) {
  app.route("*", "/task/echo/{name}", echo_later);
  app.post("/task/owned", echo_owned);
  app.get("/task/now", [](const Request&) -> Task<Response> {
    const Frame frame;
    co_return Response::text("now\n");
  });
  app.get("/task/sleep", sleep_and_answer);
  app.get("/task/throw", fail_later);
  app.get("/task/teapot", teapot);
  app.get("/task/unmade", unmade);
  app.get("/task/all", all_side_by_side);
  app.get("/task/within", sleep_within);
  app.get("/task/thread", ask_thread);
  app.get("/task/dropped", ask_nobody);
  app.get("/task/gives-up", give_up);
  app.get("/task/counts", [](const Request&, orrery::Responder responder) {
    std::move(responder).send(Response::text(std::to_string(living) + " " + std::to_string(cancelled) + "\n"));
  });
}
