// Upstream: another service that this one asks over HTTP, from the worker's loop.
//
//   const orrery::Upstream users{app, {.base = "https://users.internal:8443"}};
//   app.get("/hello/{id}", [users](const orrery::Request& request, std::int64_t id) -> orrery::Task<orrery::Response> {
//     const auto answer = co_await users.get(request, "/users/" + std::to_string(id));
//     if (!answer) throw orrery::HttpError{502, "The users are not there."};
//     co_return orrery::Response::json(answer->body);
//   });
//
// A library of its own (pkg-config: orrery-upstream), over libcurl: HTTP/1.1, HTTP/2 over TLS, kept connections, names
// looked up beside the loop. Made with the App; each worker has connections of its own, opened by its first call. It
// never follows a redirect, never asks a proxy, and keeps no cookie. An Upstream belongs to one App in one process.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/result.hpp"
#include "orrery/task.hpp"

namespace orrery {

namespace upstream {
class Client;
}

struct UpstreamOptions {
  /// "https://users.internal:8443", or with a path in front of each target: "http://127.0.0.1:8001/v2".
  std::string base;
  /// Of one call, all in all: waiting for a connection, every try, the whole answer. At least 1 ms.
  std::chrono::milliseconds timeout{2000};
  /// Until a connection stands, at least 1 ms.
  std::chrono::milliseconds connect_timeout{500};
  /// Of a worker, at once: 1 to 10000. Further calls wait.
  std::size_t connections = 64;
  /// Calls of a worker that may wait: 0 to 1000000. One more fails at once.
  std::size_t queue = 256;
  /// Tries after the first one, 0 to 10, of a call that may be repeated (GET, HEAD, PUT, DELETE, OPTIONS, TRACE) and of
  /// whose answer nothing has come. At most one call in ten is tried again, so that an upstream in trouble is not asked
  /// twice as much.
  int retries = 1;
  /// Bytes of an answer's body, at least 1; more is a failure.
  std::size_t largest = std::size_t{8} * 1024 * 1024;
  /// Send the request's id on as X-Request-ID, and its place in a trace as traceparent and tracestate (W3C).
  bool trace = true;
};

struct UpstreamCall {
  std::string method = "GET";
  std::string target;  ///< begins with "/", and is encoded already
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};
  /// Instead of UpstreamOptions::timeout; at least 1 ms.
  std::optional<std::chrono::milliseconds> timeout = {};
};

/// Whatever its status: that one was answered is no failure.
struct ORRERY_EXPORT UpstreamAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  /// The value of the first field with this name, in any case.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
};

class ORRERY_EXPORT Upstream {
 public:
  using Answer = Result<UpstreamAnswer>;

  /// Throws std::invalid_argument for options that are out of their range.
  Upstream(App& app, UpstreamOptions options);

  /// For a handler: the call ends when nobody waits for the request any more (`request_deadline` too), and the
  /// request's id goes along. An error is a sentence for the log, which names the upstream.
  [[nodiscard]] Task<Answer> get(const Request& request, std::string target) const;
  [[nodiscard]] Task<Answer> call(const Request& request, UpstreamCall call) const;
  /// For a task that no request has begun.
  [[nodiscard]] Task<Answer> call(UpstreamCall call) const;
  /// For callbacks and timers: `done` is called once, on the loop thread; not at all when the worker ends before.
  void call(UpstreamCall call, std::function<void(Answer)> done) const;

 private:
  struct Shared;
  static Task<Answer> wait_for(std::shared_ptr<Shared> shared, UpstreamCall call);

  std::shared_ptr<Shared> shared_;
};

}  // namespace orrery
