// How a complete request meets its handler, in each worker class: when, on which thread, and which meet none.
#include "worker/dispatch.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/child_process.hpp"
#include "support/heard_log.hpp"
#include "support/shapes.hpp"
#include "support/worker_driver.hpp"

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using namespace test;

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

WorkerClass each_class() { return GENERATE(WorkerClass::kAsync, WorkerClass::kSync, WorkerClass::kThreads); }

Config one_thread(int queue = 1) {
  Config config = of_class(WorkerClass::kThreads);
  config.threads = 1;
  config.thread_queue = queue;
  return config;
}

/// Holds each call of a handler until the test lets it go, in their order.
class Gates {
 public:
  explicit Gates(std::size_t count) : gates_(count) {}
  void pass() { gates_.at(begun_++).get_future().wait(); }
  [[nodiscard]] std::size_t begun() const { return begun_; }
  void open_next() { gates_[opened_++].set_value(); }
  void open_all() {
    while (opened_ < gates_.size()) open_next();
  }

 private:
  std::vector<std::promise<void>> gates_;
  std::atomic<std::size_t> begun_{0};
  std::size_t opened_ = 0;
};

/// A worker whose threads are its own, which are idle when it ends.
class Threaded {
 public:
  Threaded(App app, const Config& config) : driver(std::move(app), config, WorkerDriver::Threads::kOwn) {}
  /// Its handler waits at the gates, and says which request it answers.
  Threaded(Gates& gates, const Config& config, App app = {}) : Threaded(held_by(gates, std::move(app)), config) {
    gates_ = &gates;
  }
  Threaded(const Threaded&) = delete;
  Threaded& operator=(const Threaded&) = delete;
  ~Threaded() {
    if (gates_) gates_->open_all();
    CHECK(comes_true([this] { return driver.runtime().dispatch().stop(); }));
  }

  /// The worker goes on until this is so; false when it never is.
  template <class Condition>
  bool comes_true(Condition condition) {
    return eventually(
        [&] {
          driver.turn();
          return condition();
        },
        2min);
  }
  /// What the client has read when this is in it.
  std::string read_until(const base::UniqueFd& client, std::string_view part) {
    std::string all;
    CHECK(comes_true([&] { return (all += heard(client)).find(part) != std::string::npos; }));
    return all;
  }

  HeardLog log;
  WorkerDriver driver;

 private:
  static App held_by(Gates& gates, App app) {
    app.get("/{name...}", [&gates](const Request& request) {
      gates.pass();
      return Response::text("answer to " + std::string{request.target()});
    });
    return app;
  }

  Gates* gates_ = nullptr;
};

}  // namespace

TEST_CASE("dispatch: what a handler throws becomes its answer and a line of the log, in every class and shape") {
  const WorkerClass worker_class = each_class();
  App app = shapes();
  app.get("/strange", [](const Request&) -> Response { throw 42; });
  app.get("/later/fails", [](Request, Responder) { throw std::runtime_error("the disk is full"); });
  app.get("/later/teapot", [](Request, Responder) { throw HttpError{418, "Short and stout."}; });
  Threaded worker{std::move(app), of_class(worker_class)};
  const HeardLog& log = worker.log;
  const base::UniqueFd client = worker.driver.connect();
  struct Row {
    const char* target;
    const char* status;
    long lines;  ///< of the log
  };
  for (const Row& row : {Row{"/fails", "500", 1}, Row{"/teapot", "418", 0}, Row{"/strange", "500", 1},
                         Row{"/later/fails", "500", 1}, Row{"/later/teapot", "418", 0}}) {
    INFO(row.target);
    const long former = log.count("handler of GET");
    worker.driver.say(client, get(row.target));
    const std::string answer = worker.read_until(client, "\r\n\r\n");
    CHECK(answer.starts_with(std::string{"HTTP/1.1 "} + row.status));
    CHECK(log.count("handler of GET") == former + row.lines);
    worker.driver.read_all(client);
  }
  CHECK(log.count("handler of GET /fails failed: the disk is full") == 1);
  CHECK(log.count("handler of GET /later/fails failed: the disk is full") == 1);
}

TEST_CASE("dispatch: only in `threads`, and only a handler that answers at once, is called on another thread") {
  const WorkerClass worker_class = each_class();
  std::atomic<std::thread::id> seen;
  App app;
  app.get("/now", [&](const Request&) { return seen = std::this_thread::get_id(), Response::text("ok"); });
  app.get("/later", [&](Request, Responder responder) {
    seen = std::this_thread::get_id();
    std::move(responder).send(Response::text("ok"));
  });
  app.get("/task", [&](const Request&) -> Task<Response> {
    seen = std::this_thread::get_id();
    co_return Response::text("ok");
  });
  app.get("/pull", [&](const Request&) {
    return Response::stream("text/plain", [&](std::string& out) {
      seen = std::this_thread::get_id();
      return out = "ok", false;
    });
  });
  Threaded worker{std::move(app), of_class(worker_class)};
  const base::UniqueFd client = worker.driver.connect();
  for (const char* const target : {"/now", "/later", "/task", "/pull"}) {
    INFO(target);
    worker.driver.say(client, get(target));
    worker.read_until(client, "ok");
    worker.driver.read_all(client);
    const bool is_called = std::string_view{target} == "/now" || std::string_view{target} == "/pull";
    const bool elsewhere = worker_class == WorkerClass::kThreads && is_called;
    CHECK((seen.load() == std::this_thread::get_id()) != elsewhere);
  }
}

TEST_CASE("dispatch: `async` calls a handler at once, `sync` when the loop has read what came for all") {
  struct Row {
    WorkerClass worker_class;
    std::size_t read_by_first;  ///< how many requests
  };
  const Row row = GENERATE(Row{WorkerClass::kAsync, 1}, Row{WorkerClass::kSync, 2});
  WorkerDriver* running = nullptr;
  std::vector<std::uint64_t> read;
  App app;
  app.get("/", [&](const Request&) {
    read.push_back(running->slot().counters.bytes_in / kPlainGet.size());
    return Response::text("ok");
  });
  WorkerDriver driver{std::move(app), of_class(row.worker_class)};
  running = &driver;
  const base::UniqueFd one = driver.connect(), other = driver.connect();
  for (const base::UniqueFd& client : {std::cref(one), std::cref(other)})
    REQUIRE(::send(client.get(), kPlainGet.data(), kPlainGet.size(), 0) > 0);
  driver.turn();
  CHECK(read == std::vector<std::uint64_t>{row.read_by_first, 2});
}

TEST_CASE("dispatch: `sync` calls short handlers in a row, and reads for the others after a longer one") {
  struct Row {
    const char* name;
    std::chrono::milliseconds lasts;
    std::size_t read_by_second;  ///< how many requests
  };
  const Row row = GENERATE(Row{"short", 0ms, 2}, Row{"longer", 2ms, 3});
  INFO(row.name);
  WorkerDriver* running = nullptr;
  base::UniqueFd late;
  std::vector<std::uint64_t> read;
  App app;
  app.get("/", [&](const Request&) {
    read.push_back(running->slot().counters.bytes_in / kPlainGet.size());
    if (read.size() == 1) {
      HeldClock::pass(row.lasts);
      REQUIRE(::send(late.get(), kPlainGet.data(), kPlainGet.size(), 0) > 0);
    }
    return Response::text("ok");
  });
  WorkerDriver driver{std::move(app), of_class(WorkerClass::kSync)};
  running = &driver;
  const base::UniqueFd one = driver.connect(), other = driver.connect();
  late = driver.connect();
  for (const base::UniqueFd& client : {std::cref(one), std::cref(other)})
    REQUIRE(::send(client.get(), kPlainGet.data(), kPlainGet.size(), 0) > 0);
  driver.turn();
  CHECK(read == std::vector<std::uint64_t>{2, row.read_by_second, 3});
}

TEST_CASE("dispatch: in `sync` no handler gets the request of a client that left behind others") {
  base::UniqueFd leaves;
  std::vector<std::string> called;
  App app;
  app.get("/{name}", [&](const Request& request) {
    called.emplace_back(request.target());
    if (called.size() == 1) {
      HeldClock::pass(2ms);
      leaves.reset();
    }
    return Response::text("ok");
  });
  const HeardLog log;
  WorkerDriver driver{std::move(app), of_class(WorkerClass::kSync)};
  const base::UniqueFd stays = driver.connect();
  leaves = driver.connect();
  const base::UniqueFd last = driver.connect();
  REQUIRE(::send(stays.get(), get("/stays").data(), get("/stays").size(), 0) > 0);
  REQUIRE(::send(leaves.get(), get("/leaves").data(), get("/leaves").size(), 0) > 0);
  REQUIRE(::send(last.get(), get("/stays").data(), get("/stays").size(), 0) > 0);
  driver.turn();
  CHECK(called == std::vector<std::string>{"/stays", "/stays"});
  CHECK(driver.connections().count_idle() == 2);
  CHECK(driver.slot().counters.rejects[static_cast<std::size_t>(base::Reject::client_left)] == 1);
}

TEST_CASE("dispatch: one that a free handler can take at once is answered, though its client has half closed") {
  const WorkerClass worker_class = each_class();
  Threaded worker{shapes(), of_class(worker_class)};
  const base::UniqueFd client = worker.driver.connect();
  REQUIRE(::send(client.get(), get("/plain").data(), get("/plain").size(), 0) > 0);
  REQUIRE(::shutdown(client.get(), SHUT_WR) == 0);
  CHECK(worker.read_until(client, "GET /plain").starts_with(kOk));
}

TEST_CASE("dispatch: in `threads` the queue is bounded, the next is answered 503, and a place that is left is free") {
  Gates gates{3};
  Threaded worker{gates, one_thread()};
  const base::UniqueFd runs = worker.driver.connect(get("/runs"));
  REQUIRE(worker.comes_true([&] { return gates.begun() == 1; }));
  base::UniqueFd waits = worker.driver.connect(get("/waits"));
  const base::UniqueFd full = worker.driver.connect(get("/full"));
  const std::string refused = heard(full);
  CHECK(refused.starts_with("HTTP/1.1 503"));
  CHECK(refused.find("Retry-After: 1\r\n") != std::string::npos);
  waits.reset();
  CHECK(worker.comes_true([&] { return worker.driver.slot().connections == 2; }));
  const base::UniqueFd next = worker.driver.connect(get("/next"));
  CHECK(heard(next).empty());
  gates.open_next();
  worker.read_until(runs, "answer to /runs");
  REQUIRE(worker.comes_true([&] { return gates.begun() == 2; }));
  gates.open_next();
  worker.read_until(next, "answer to /next");
  CHECK(gates.begun() == 2);
}

TEST_CASE("dispatch: under pressure who has waited too long in `threads` is answered 503, but on vital routes") {
  Gates gates{4};
  App app;
  app.get(
      "/vital", [](const Request&) { return Response::text("ok"); }, RouteOptions{.shed = false});
  Config config = one_thread(10);
  config.pressure = Pressure::kCodel;
  config.pressure_target = 50ms;
  config.pressure_interval = 500ms;
  Threaded worker{gates, config, std::move(app)};
  const base::UniqueFd first = worker.driver.connect(get("/1"));
  REQUIRE(worker.comes_true([&] { return gates.begun() == 1; }));
  std::vector<base::UniqueFd> waiting;
  for (const char* const target : {"/2", "/3", "/vital"}) waiting.push_back(worker.driver.connect(get(target)));
  // In the interval that then begins none waits for less than the target.
  worker.driver.pass(600ms);
  gates.open_next();
  REQUIRE(worker.comes_true([&] { return gates.begun() == 2; }));
  worker.driver.pass(600ms);
  gates.open_next();
  const std::string shed = worker.read_until(waiting[1], "\r\n\r\n");
  CHECK(shed.starts_with("HTTP/1.1 503"));
  CHECK(shed.find("Retry-After: 1\r\n") != std::string::npos);
  CHECK(worker.read_until(waiting[2], "ok").starts_with(kOk));
  CHECK(gates.begun() == 2);
}

TEST_CASE("dispatch: `threads` are exhausted when each handler is past its deadline, and other classes never") {
  Gates gates{1};
  Config config = one_thread();
  config.request_deadline = 5s;
  Threaded worker{gates, config};
  const base::UniqueFd client = worker.driver.connect(get("/"));
  REQUIRE(worker.comes_true([&] { return gates.begun() == 1; }));
  CHECK_FALSE(worker.driver.runtime().dispatch().exhausted());
  worker.driver.pass(6s);
  CHECK(worker.driver.runtime().dispatch().exhausted());
  CHECK(worker.read_until(client, "\r\n\r\n").starts_with("HTTP/1.1 504"));
  CHECK_FALSE(worker.driver.runtime().dispatch().stop());
  gates.open_next();
  CHECK(worker.comes_true([&] { return worker.driver.slot().counters.late_answers == 1; }));
}

TEST_CASE("dispatch: a request that is in quarantine meets no handler, whatever its class and shape") {
  const WorkerClass worker_class = each_class();
  const std::string target = GENERATE("/plain", "/later", "/task");
  INFO(target);
  Threaded worker{shapes(), of_class(worker_class)};
  os::QuarantineTable& table = worker.driver.board().quarantine();
  const os::QuarantineTable::Entry entry{os::QuarantineTable::key_of("GET", table.fingerprint(target)),
                                         base::monotonic_now() + 30s};
  table.publish({&entry, 1});
  const base::UniqueFd client = worker.driver.connect(get(target));
  const std::string refused = worker.read_until(client, "\r\n\r\n");
  CHECK(refused.starts_with("HTTP/1.1 503"));
  CHECK(refused.find("Retry-After: 30\r\n") != std::string::npos);
  worker.driver.read_all(client);
  const base::UniqueFd other = worker.driver.connect(get(target + "?another"));
  CHECK(worker.read_until(other, target + "?another").starts_with(kOk));
  worker.driver.pass(31s);
  const base::UniqueFd later = worker.driver.connect(get(target));
  CHECK(worker.read_until(later, "GET " + target).starts_with(kOk));
}

TEST_CASE("dispatch: a pull that throws, or ends with fields that cannot be sent, is known by why") {
  const auto call = [](Response response) {
    http::PulledBody body{response};
    return call_pull(body);
  };
  const auto ends = [](std::string& out) { return out = "last", false; };
  const Pulled more = call(Response::stream("text/plain", [](std::string& out) { return out = "one", true; }));
  CHECK(more.piece == "one");
  CHECK(more.more);
  CHECK(more.failure.empty());
  const auto sum = [](const char* name) { return [name] { return std::vector<Response::FieldPair>{{name, "4"}}; }; };
  const Pulled last = call(Response::stream("text/plain", ends).with_trailers({"X-Sum"}, sum("X-Sum")));
  CHECK(last.piece == "last");
  CHECK_FALSE(last.more);
  CHECK(last.trailers == http::FieldList{{"X-Sum", "4"}});
  CHECK(call(Response::stream("text/plain", ends).with_trailers({"X-Sum"}, sum("X-Other"))).failure.find("X-Other") !=
        std::string::npos);
  const auto fails = [](std::string&) -> bool { throw std::runtime_error("the disk is full"); };
  CHECK(call(Response::stream("text/plain", fails)).failure == "the disk is full");
}

}  // namespace orrery::worker
