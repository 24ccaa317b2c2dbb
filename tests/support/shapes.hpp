// Applications with a route of each shape of handler, and what tests of TestClient ask of it.
//
// For tests that run a service inside their own process; nothing here starts one.
#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

#include "orrery/task.hpp"
#include "orrery/test_client.hpp"

namespace orrery::test {

inline Config of_class(WorkerClass worker_class) {
  Config config;
  config.worker_class = worker_class;
  return config;
}

inline constexpr WorkerClass kClasses[] = {WorkerClass::kAsync, WorkerClass::kSync, WorkerClass::kThreads};

/// The sentence of the TestFailure that `act` throws; empty = it throws none.
inline std::string failure_of(const std::function<void()>& act) {
  try {
    act();
    return {};
  } catch (const TestFailure& failure) {
    return failure.what();
  }
}

inline Response shown(const Request& request) {
  return Response::text(std::string{request.method()} + " " + std::string{request.target()} + " " +
                        std::string{request.client()} + " " + std::string{request.body()});
}

inline App shapes() {
  App app;
  app.get("/plain", shown);
  app.get("/later", [](Request request, Responder responder) { std::move(responder).send(shown(request)); });
  app.get("/task", [](const Request& request) -> Task<Response> { co_return shown(request); });
  app.get("/sleep", [](const Request& request) -> Task<Response> {
    co_await sleep_for(std::chrono::milliseconds{500});
    co_return shown(request);
  });
  app.get("/pull", [](const Request&) {
    return Response::stream("text/plain", [count = 0](std::string& out) mutable {
      out += std::to_string(count);
      return ++count < 5;
    });
  });
  app.post("/echo", shown);
  app.get("/fails", [](const Request&) -> Response { throw std::runtime_error("the disk is full"); });
  app.get("/teapot", [](const Request&) -> Response { throw HttpError{418, "Short and stout."}; });
  return app;
}

}  // namespace orrery::test
