// App: the routes and hooks of a service; the four things a developer writes are on this page.
//
//   Handler    Response(const Request&)         answers now. May block in the classes `sync` and `threads`.
//   Task       Task<Response>(const Request&)   waits in between (co_await, task.hpp); must not block in any class.
//   Responder  void(Request, Responder)         answers later, from any thread; must not block in any class.
//   Hook       Result<void>(Worker&)            runs in each worker, after the fork, before the first request.
//
// Routes of App::websocket have a Task<void> for each connection (websocket.hpp).
//
// blocking(pool, handler) lets a Handler block in every class (blocking.hpp).
//
// Behind these a handler takes a value for each {name} of its pattern (typed.hpp). Layers stand around handlers, and
// around the server's own answers (layer.hpp).
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

#include "orrery/blocking.hpp"
#include "orrery/callbacks.hpp"
#include "orrery/config.hpp"
#include "orrery/export.hpp"
#include "orrery/layer.hpp"
#include "orrery/pattern.hpp"
#include "orrery/problem.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"
#include "orrery/result.hpp"
#include "orrery/signature.hpp"
#include "orrery/task.hpp"
#include "orrery/typed.hpp"
#include "orrery/websocket.hpp"

namespace orrery {

namespace worker {
class Reply;
class Outlet;
}  // namespace worker

namespace metrics {
class Family;
}  // namespace metrics

/// A response that is written as things happen (server-sent events, progress). Loop thread only, in every worker class;
/// in the class `sync` it stands still while a handler runs. Copies share one stream. When the last copy goes, the
/// stream ends as if by end().
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
  /// The same, with fields behind the body, of those that the head has announced (Response::with_trailers, which says
  /// where they are left out). An error, after which the stream goes on: a field was not announced, or its value cannot
  /// be sent.
  Result<void> end(const std::vector<Response::FieldPair>& trailers) const;
  /// True until the client is gone or end() was called.
  [[nodiscard]] bool open() const;

  void on_drain(std::function<void()> callback) const;     ///< after a refused write: there is room again
  void on_closed(std::function<void()> callback) const;    ///< the client is gone; called once
  void on_draining(std::function<void()> callback) const;  ///< the worker is leaving: say good-bye and end()

 private:
  std::shared_ptr<worker::Outlet> outlet_;
};

/// A request body as it comes (routes with RouteOptions::stream_body). Loop thread only, in every worker class. On
/// other routes the whole body comes as one piece.
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
  /// Sends an error as if the handler had thrown it.
  void fail(const HttpError& error) &&;
  /// Sends the head of `head` (its body is ignored) and hands back the stream for the body. Loop thread.
  Result<Stream> start(Response head) &&;
  /// See Request::early_hints. Any thread.
  Result<void> early_hints(const std::vector<std::string>& links) const;
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
  /// Calls `task` once, when `delay` has passed, as long as the Timer is kept.
  [[nodiscard]] virtual Timer after(std::chrono::milliseconds delay, std::function<void()> task) = 0;
  /// Calls `task` each `period` (at least 1 ms), as long as the Timer is kept.
  [[nodiscard]] virtual Timer repeat(std::chrono::milliseconds period, std::function<void()> task) = 0;
  /// Calls `task` each time that `descriptor` can do without waiting what is watched for, as long as the Watch is kept;
  /// for libraries that bring sockets of their own (libpq, hiredis, c-ares). An error of the descriptor is told once,
  /// as ready for all that is watched for, and ends it. The descriptor stays the caller's; it becomes non-blocking, and
  /// one Watch may have it at a time. Throws std::system_error for one that cannot be watched, such as a file's.
  [[nodiscard]] virtual Watch watch(int descriptor, Ready ready, std::function<void(Ready)> task) = 0;

  /// True while this worker has the lead: at any time one worker of the service has it at most, over reloads, deaths
  /// and upgrades (USR2), and one has it whenever a worker wants it and the one before has let go. The first call of
  /// lead() or on_lead() says that this worker wants it. It lets go as it begins to leave; a worker that dies, and the
  /// lead is the kernel's to take back. For what must be done by one: a nightly job, a subscription.
  [[nodiscard]] virtual bool lead() = 0;
  /// Calls `gained` when this worker gets the lead, and `lost` before it lets go, on the loop thread. A worker that
  /// dies calls nothing. May be called more than once; each pair is called.
  virtual void on_lead(std::function<void()> gained, std::function<void()> lost) = 0;
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
  std::optional<std::chrono::milliseconds> request_deadline = {};
  /// Instead of Config::limit_request_body, in bytes.
  std::optional<std::uint64_t> limit_request_body = {};
  /// Call the handler when the head is complete and let it read the body with Responder::body(). One that takes no
  /// Responder gets the whole body all the same.
  bool stream_body = false;
  /// Of this route, inside those of its group and of the App. A path that does not know a method (405, OPTIONS) has the
  /// layers of all its routes.
  Layers layers = {};
  /// False: its requests are served however long they have waited (Config::pressure): what health checks ask for.
  bool shed = true;
};

/// One registered route. `pattern` begins with "/"; a segment is literal, `{name}`, or, as the last one, `{name...}`
/// for all that is left; each name once. Literal beats {name} beats {name...}.
struct Route {
  std::string method;
  std::string pattern;
  Handler handler;  ///< exactly one of handler, responder, task and websocket is set
  ResponderHandler responder;
  RouteOptions options;
  TaskHandler task = {};
  std::size_t values = 0;  ///< that the handler takes, one for each {name}; 0 = it asks for those it wants
  std::shared_ptr<const WebSocketRoute> websocket = {};
};

namespace handlers {

/// The route of a handler of any shape.
template <class H>
Route make_route(std::string method, std::string_view pattern, H handler, RouteOptions options) {
  using Signature = SignatureOf<H>;
  using Values = ValuesOf<H>;
  Route made{std::move(method), std::string{pattern}, {}, {}, std::move(options), {}, Values::kNames};
  static_assert(Signature::kHasHead && Values::kReadable,
                "a handler takes a const orrery::Request& (or a Request), then a Responder if it answers later, then "
                "values of types that FromText or FromRequest can read, one for each {name} of its pattern");
  constexpr bool kUntyped = Values::kCount == 0;
  if constexpr (!Signature::kHasHead || !Values::kReadable) {
    return made;
  } else if constexpr (kUntyped && std::is_invocable_v<H&, Request, Responder>) {
    made.responder = std::move(handler);
  } else if constexpr (kAnswersLater<H>) {
    made.responder = handlers::responder<Responder>(std::move(handler));
  } else if constexpr (kUntyped && std::is_invocable_r_v<Task<Response>, H&, Request>) {
    made.task = std::move(handler);
  } else if constexpr (kIsTask<H> && kIsAnswer<AnswerOf<H>>) {
    static_assert(!Values::kByReference, "a coroutine takes its values by value: what a reference shows is gone later");
    made.task = handlers::task(std::move(handler));
  } else if constexpr (kUntyped && std::is_invocable_r_v<Response, H&, const Request&>) {
    made.handler = std::move(handler);
  } else {
    static_assert(kAnswersNow<H>,
                  "a handler takes a const orrery::Request&, and answers a Response, a type that has a JsonCodec, or a "
                  "Result or a Task of these; one that takes a Responder answers nothing");
    if constexpr (kAnswersNow<H>) made.handler = handlers::plain(std::move(handler));
  }
  if (Values::kReadBody || !made.responder) made.options.stream_body = false;
  return made;
}

/// The route of a handler that runs on a pool.
template <class H>
Route make_route(std::string method, std::string_view pattern, Blocking<H> wanted, RouteOptions options) {
  constexpr bool kLater = kAnswersLater<H> || std::is_invocable_v<H&, Request, Responder> || kIsTask<H>;
  static_assert(!kLater, "blocking() takes a handler that answers at once: one without a Responder, and no Task");
  if constexpr (kLater) {
    return {};
  } else {
    Route made = handlers::make_route(std::move(method), pattern, std::move(wanted.handler), std::move(options));
    made.task = handlers::on_pool(std::move(wanted.pool), std::exchange(made.handler, nullptr));
    return made;
  }
}

/// The route of a handler of WebSockets. Throws std::invalid_argument for options that cannot be.
ORRERY_EXPORT Route websocket_route(std::string pattern, WebSocketHandler handler, WebSocketOptions options,
                                    RouteOptions around);

/// What get() and its like take for a pattern.
template <class H, PatternPart Part>
using PatternFor = std::type_identity_t<Pattern<ValuesOf<H>::kNames, Part>>;

}  // namespace handlers

class App;

/// What stands around the paths below a prefix that no route has.
struct PrefixLayers {
  std::string prefix;  ///< a pattern, which may have names
  Layers layers;
};

/// Routes that share a prefix, options and layers: `auto api = app.group("/api"); api.get("/users/{id}", …);`
class Group {
 public:
  template <class H>
  using PatternFor = handlers::PatternFor<H, PatternPart::kBehindPrefix>;

  Group(App& app, std::string prefix, RouteOptions options)
      : app_(&app), prefix_(std::move(prefix)), options_(std::move(options)), layers_(std::move(options_.layers)) {
    options_.layers = {};
    stand_around_prefix();
  }
  template <class H>
  Group& get(PatternFor<H> pattern, H handler, std::optional<RouteOptions> options = {}) {
    return add("GET", pattern.text(), std::move(handler), std::move(options));
  }
  template <class H>
  Group& post(PatternFor<H> pattern, H handler, std::optional<RouteOptions> options = {}) {
    return add("POST", pattern.text(), std::move(handler), std::move(options));
  }
  template <class H>
  Group& put(PatternFor<H> pattern, H handler, std::optional<RouteOptions> options = {}) {
    return add("PUT", pattern.text(), std::move(handler), std::move(options));
  }
  template <class H>
  Group& patch(PatternFor<H> pattern, H handler, std::optional<RouteOptions> options = {}) {
    return add("PATCH", pattern.text(), std::move(handler), std::move(options));
  }
  template <class H>
  Group& del(PatternFor<H> pattern, H handler, std::optional<RouteOptions> options = {}) {
    return add("DELETE", pattern.text(), std::move(handler), std::move(options));
  }
  template <class H>
  Group& route(std::string method, PatternFor<H> pattern, H handler, std::optional<RouteOptions> options = {}) {
    return add(std::move(method), pattern.text(), std::move(handler), std::move(options));
  }
  /// See App::websocket.
  Group& websocket(Pattern<0, PatternPart::kBehindPrefix> pattern, WebSocketHandler handler,
                   WebSocketOptions options = {}, std::optional<RouteOptions> around = {});
  /// Around the routes that are added from now on, whatever options they have, and around the answer for a path below
  /// the prefix that no route has (404). A group without a prefix has no such paths.
  Group& layer(Layer layer) {
    layers_.add(std::move(layer));
    stand_around_prefix();
    return *this;
  }
  /// Has these options and layers too.
  [[nodiscard]] Group group(std::string_view prefix) const {
    Group inner = *this;
    inner.prefix_ += prefix;
    return inner;
  }

 private:
  template <class H>
  Group& add(std::string method, std::string_view pattern, H handler, std::optional<RouteOptions> options);
  void stand_around_prefix();
  [[nodiscard]] RouteOptions of_route(std::optional<RouteOptions> options) const;

  App* app_;
  std::string prefix_;
  RouteOptions options_;
  Layers layers_;
};

class ORRERY_EXPORT App {
 public:
  template <class H>
  using PatternFor = handlers::PatternFor<H, PatternPart::kWhole>;

  /// GET also answers HEAD; OPTIONS and 405 with Allow come by themselves.
  template <class H>
  App& get(PatternFor<H> pattern, H handler, RouteOptions options = {}) {
    return add(handlers::make_route("GET", pattern.text(), std::move(handler), std::move(options)));
  }
  template <class H>
  App& post(PatternFor<H> pattern, H handler, RouteOptions options = {}) {
    return add(handlers::make_route("POST", pattern.text(), std::move(handler), std::move(options)));
  }
  template <class H>
  App& put(PatternFor<H> pattern, H handler, RouteOptions options = {}) {
    return add(handlers::make_route("PUT", pattern.text(), std::move(handler), std::move(options)));
  }
  template <class H>
  App& patch(PatternFor<H> pattern, H handler, RouteOptions options = {}) {
    return add(handlers::make_route("PATCH", pattern.text(), std::move(handler), std::move(options)));
  }
  template <class H>
  App& del(PatternFor<H> pattern, H handler, RouteOptions options = {}) {
    return add(handlers::make_route("DELETE", pattern.text(), std::move(handler), std::move(options)));
  }
  /// Any method but HEAD and OPTIONS unless they are named; "*" is every method without a route of its own.
  template <class H>
  App& route(std::string method, PatternFor<H> pattern, H handler, RouteOptions options = {}) {
    return add(handlers::make_route(std::move(method), pattern.text(), std::move(handler), std::move(options)));
  }
  /// A route for WebSockets; `around` has what its HTTP request needs, such as layers.
  App& websocket(Pattern<0, PatternPart::kWhole> pattern, WebSocketHandler handler, WebSocketOptions options = {},
                 RouteOptions around = {});
  /// A route that is made already.
  App& add(Route route);
  [[nodiscard]] Group group(std::string prefix, RouteOptions options = {}) {
    return Group{*this, std::move(prefix), std::move(options)};
  }
  /// Around all routes, whenever they are added, and around the server's own answers. The first one is the outermost.
  App& layer(Layer layer);
  /// Made by Group. Of several prefixes that a path begins with, the one with the most segments counts; what was said
  /// of it more than once is put together.
  App& layer_below(PrefixLayers layers);
  /// Makes the one form that all errors have, those of handlers and the server's own.
  App& on_error(ErrorHandler handler);

  /// A metric of the application; made by those of metrics.hpp. Throws std::invalid_argument for a name that is there.
  App& add(std::shared_ptr<metrics::Family> metric);

  /// Threads beside the loop; made by Pool. Throws std::invalid_argument for a name that is there.
  App& add(const Pool& pool);

  App& on_worker_start(StartHook hook);
  App& on_worker_end(EndHook hook);
  /// Asked by --check-config, as the workers' user: whether start hooks would succeed with this configuration and
  /// environment. Must change nothing.
  App& on_check(CheckHook hook);

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
  [[nodiscard]] const Layers& layers() const { return layers_; }
  [[nodiscard]] const std::vector<PrefixLayers>& prefix_layers() const { return prefix_layers_; }
  [[nodiscard]] const ErrorHandler& error_handler() const { return error_handler_; }
  [[nodiscard]] const std::vector<std::shared_ptr<metrics::Family>>& metric_families() const { return metrics_; }
  [[nodiscard]] const std::vector<Pool>& pools() const { return pools_; }
  [[nodiscard]] const std::vector<StartHook>& start_hooks() const { return start_hooks_; }
  [[nodiscard]] const std::vector<EndHook>& end_hooks() const { return end_hooks_; }
  [[nodiscard]] const std::vector<CheckHook>& check_hooks() const { return check_hooks_; }

 private:
  std::vector<Route> routes_;
  Layers layers_;
  std::vector<PrefixLayers> prefix_layers_;
  ErrorHandler error_handler_;
  std::vector<std::shared_ptr<metrics::Family>> metrics_;
  std::vector<Pool> pools_;
  std::vector<StartHook> start_hooks_;
  std::vector<EndHook> end_hooks_;
  std::vector<CheckHook> check_hooks_;
};

inline void Group::stand_around_prefix() {
  if (!prefix_.empty() && !layers_.all().empty()) app_->layer_below({prefix_, layers_});
}

inline RouteOptions Group::of_route(std::optional<RouteOptions> options) const {
  RouteOptions made = options ? *std::move(options) : options_;
  Layers around = layers_;
  around.add(made.layers);
  made.layers = std::move(around);
  return made;
}

template <class H>
Group& Group::add(std::string method, std::string_view pattern, H handler, std::optional<RouteOptions> options) {
  app_->add(handlers::make_route(std::move(method), prefix_ + std::string{pattern}, std::move(handler),
                                 of_route(std::move(options))));
  return *this;
}

inline Group& Group::websocket(Pattern<0, PatternPart::kBehindPrefix> pattern, WebSocketHandler handler,
                               WebSocketOptions options, std::optional<RouteOptions> around) {
  app_->add(handlers::websocket_route(prefix_ + std::string{pattern.text()}, std::move(handler), std::move(options),
                                      of_route(std::move(around))));
  return *this;
}

}  // namespace orrery
