// App: the routes and hooks of a service; the four things a developer writes are on this page.
//
//   Handler    Response(const Request&)         answers now. May block in the classes `sync` and `threads`.
//   Task       Task<Response>(const Request&)   waits in between (co_await, task.hpp); must not block in any class.
//   Responder  void(Request, Responder)         answers later, from any thread; must not block in any class.
//   Hook       Result<void>(Worker&)            runs in each worker, after the fork, before the first request.
//
// An App is built in the master before any fork and then only read; whatever it captures is copied into each worker by
// fork(2). So: open no socket, start no thread and read no clock while building it; do that in the start hook.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"
#include "orrery/result.hpp"
#include "orrery/task.hpp"

namespace orrery {

namespace worker {
class Reply;
class Outlet;
}  // namespace worker

/// A response that is written as things happen (server-sent events, progress). Class `async`, loop thread only. Copies
/// share one stream. When the last copy goes, the stream ends as if by end().
class ORRERY_EXPORT Stream {
 public:
  explicit Stream(std::shared_ptr<worker::Outlet> outlet) : outlet_(std::move(outlet)) {}

  /// Takes `piece` whole and returns true; or takes nothing and returns false when the client is behind by more than
  /// 64 KiB (wait for on_drain) or gone. Each piece has `write_timeout` of its own.
  [[nodiscard]] bool write(std::string_view piece) const;
  /// True while something written before still waits here for the client. Who only cares about the latest skips a piece
  /// then.
  [[nodiscard]] bool behind() const;
  /// Ends the body; later writes are refused.
  void end() const;
  /// True until the client is gone or end() was called.
  [[nodiscard]] bool open() const;

  void on_drain(std::function<void()> callback) const;     ///< after a refused write: there is room again
  void on_closed(std::function<void()> callback) const;    ///< the client is gone; called once
  void on_draining(std::function<void()> callback) const;  ///< the worker is leaving: say good-bye and end()

 private:
  std::shared_ptr<worker::Outlet> outlet_;
};

/// A request body as it comes (routes with RouteOptions::stream_body). Loop thread only in the class `async`. In the
/// other classes, and on other routes, the whole body comes as one piece.
class ORRERY_EXPORT BodyReader {
 public:
  using Callback = std::function<void(const BodyPiece&)>;
  explicit BodyReader(std::shared_ptr<worker::Reply> reply) : reply_(std::move(reply)) {}

  /// Asks for the next piece; `callback` is called once, perhaps before read() returns. Until it is asked for, nothing
  /// more is read from the client: that is the back-pressure. The first read() answers `Expect: 100-continue`.
  void read(Callback callback) const;

 private:
  std::shared_ptr<worker::Reply> reply_;
};

/// Answers one request, once, from any thread. A Responder that goes unanswered sends 500 and a log line.
class ORRERY_EXPORT Responder {
 public:
  explicit Responder(std::shared_ptr<worker::Reply> reply) : reply_(std::move(reply)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) noexcept = default;
  ~Responder();

  /// Sends the answer; later calls, and answers after the deadline, are dropped (and counted).
  void send(Response response) &&;
  /// Sends the head of `head` (its body is ignored) and hands back the stream for the body. Class `async`, loop thread.
  /// In the other classes the client gets 501 and the caller an error.
  Result<Stream> start(Response head) &&;
  /// The body of the request, on routes with `stream_body`. Take it before answering.
  [[nodiscard]] BodyReader body() const { return BodyReader{reply_}; }

 private:
  std::shared_ptr<worker::Reply> reply_;
};

/// The worker as the application sees it. Lives as long as its process. Loop thread only.
class ORRERY_EXPORT Worker {
 public:
  Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  virtual ~Worker() = default;

  /// Calls `task` on the loop thread each `period` (at least 1 ms) for the rest of the worker's life.
  virtual void every(std::chrono::milliseconds period, std::function<void()> task) = 0;
  /// Runs `task` on the loop thread soon. Any thread.
  virtual void post(std::function<void()> task) = 0;
  [[nodiscard]] virtual const Config& config() const = 0;
  [[nodiscard]] virtual unsigned number() const = 0;      ///< 1..: never reused while the master lives
  [[nodiscard]] virtual unsigned generation() const = 0;  ///< 1 at start, +1 at each reload
};

using Handler = std::function<Response(const Request&)>;
/// A coroutine on the loop thread, in every class. What it was given as a `const Request&` is kept until it has ended;
/// it may take a `Request` as well, which its frame then owns.
using TaskHandler = std::function<Task<Response>(Request&&)>;
using ResponderHandler = std::function<void(Request, Responder)>;
/// Runs in the worker before it is ready; an error (or an exception) ends the worker with exit code 4.
using StartHook = std::function<Result<void>(Worker&)>;
/// Tells whether the start hooks would succeed with this configuration, and what is in their way.
using CheckHook = std::function<Result<void>(const Config&)>;
/// Runs in the worker after its last request.
using EndHook = std::function<void(Worker&)>;

struct RouteOptions {
  /// Instead of Config::request_deadline; 0 = no limit.
  std::optional<std::chrono::milliseconds> request_deadline;
  /// Instead of Config::limit_request_body, in bytes.
  std::optional<std::uint64_t> limit_request_body;
  /// Call the handler when the head is complete and let it read the body with Responder::body(). A Task has no
  /// BodyReader: it gets the whole body all the same.
  bool stream_body = false;
};

/// One registered route. `pattern` begins with "/"; a segment is literal, `{name}`, or, as the last one, `{name...}`
/// for all that is left. Literal beats {name} beats {name...}.
struct Route {
  std::string method;
  std::string pattern;
  Handler handler;  ///< exactly one of handler, responder and task is set
  ResponderHandler responder;
  RouteOptions options;
  TaskHandler task = {};
};

class App;

/// Routes that share a prefix and options: `auto api = app.group("/api"); api.get("/users/{id}", …);`
class Group {
 public:
  Group(App& app, std::string prefix, RouteOptions options)
      : app_(&app), prefix_(std::move(prefix)), options_(options) {}
  template <class H>
  Group& get(std::string_view pattern, H handler, std::optional<RouteOptions> options = {});
  template <class H>
  Group& post(std::string_view pattern, H handler, std::optional<RouteOptions> options = {});
  template <class H>
  Group& route(std::string method, std::string_view pattern, H handler, std::optional<RouteOptions> options = {});
  [[nodiscard]] Group group(std::string_view prefix) const;

 private:
  App* app_;
  std::string prefix_;
  RouteOptions options_;
};

class ORRERY_EXPORT App {
 public:
  /// GET also answers HEAD; OPTIONS and 405 with Allow come by themselves.
  template <class H>
  App& get(std::string pattern, H handler, RouteOptions options = {}) {
    return route("GET", std::move(pattern), std::move(handler), options);
  }
  template <class H>
  App& post(std::string pattern, H handler, RouteOptions options = {}) {
    return route("POST", std::move(pattern), std::move(handler), options);
  }
  template <class H>
  App& put(std::string pattern, H handler, RouteOptions options = {}) {
    return route("PUT", std::move(pattern), std::move(handler), options);
  }
  template <class H>
  App& patch(std::string pattern, H handler, RouteOptions options = {}) {
    return route("PATCH", std::move(pattern), std::move(handler), options);
  }
  template <class H>
  App& del(std::string pattern, H handler, RouteOptions options = {}) {
    return route("DELETE", std::move(pattern), std::move(handler), options);
  }
  /// Any method but HEAD and OPTIONS unless they are named; "*" is every method without a route of its own.
  App& route(std::string method, std::string pattern, Handler handler, RouteOptions options = {});
  App& route(std::string method, std::string pattern, ResponderHandler handler, RouteOptions options = {});
  App& route(std::string method, std::string pattern, TaskHandler handler, RouteOptions options = {});
  template <class H>
  App& route(std::string method, std::string pattern, H handler, RouteOptions options = {}) {
    if constexpr (std::is_invocable_v<H&, Request, Responder>) {
      return route(std::move(method), std::move(pattern), ResponderHandler{std::move(handler)}, options);
    } else if constexpr (std::is_invocable_r_v<Task<Response>, H&, Request>) {
      return route(std::move(method), std::move(pattern), TaskHandler{std::move(handler)}, options);
    } else {
      return route(std::move(method), std::move(pattern), Handler{std::move(handler)}, options);
    }
  }
  [[nodiscard]] Group group(std::string prefix, RouteOptions options = {}) {
    return Group{*this, std::move(prefix), options};
  }

  App& on_worker_start(StartHook hook);
  App& on_worker_end(EndHook hook);
  /// Asked by --check-config, as the workers' user: whether start hooks would succeed with this configuration and
  /// environment. Must change nothing.
  App& on_check(CheckHook hook);

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
  [[nodiscard]] const std::vector<StartHook>& start_hooks() const { return start_hooks_; }
  [[nodiscard]] const std::vector<EndHook>& end_hooks() const { return end_hooks_; }
  [[nodiscard]] const std::vector<CheckHook>& check_hooks() const { return check_hooks_; }

 private:
  std::vector<Route> routes_;
  std::vector<StartHook> start_hooks_;
  std::vector<EndHook> end_hooks_;
  std::vector<CheckHook> check_hooks_;
};

template <class H>
Group& Group::route(std::string method, std::string_view pattern, H handler, std::optional<RouteOptions> options) {
  app_->route(std::move(method), prefix_ + std::string{pattern}, std::move(handler), options.value_or(options_));
  return *this;
}
template <class H>
Group& Group::get(std::string_view pattern, H handler, std::optional<RouteOptions> options) {
  return route("GET", pattern, std::move(handler), options);
}
template <class H>
Group& Group::post(std::string_view pattern, H handler, std::optional<RouteOptions> options) {
  return route("POST", pattern, std::move(handler), options);
}
inline Group Group::group(std::string_view prefix) const {
  return Group{*app_, prefix_ + std::string{prefix}, options_};
}

}  // namespace orrery
