// What /metrics tells of waiting: time in queue, pools, loops that are late; and how connections end.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <vector>

#include "e2e/watched.hpp"

namespace orrery::test {

namespace {

/// The value of a sample by its name with labels; nothing when it is not told.
std::optional<double> told(const Watched& watched, const std::string& sample) {
  const std::string text = "\n" + watched.ask("GET /metrics").body, mark = "\n" + sample + " ";
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return {};
  return std::atof(text.c_str() + at + mark.size());
}

bool comes(const Watched& watched, const std::string& sample, double value) {
  return eventually([&] { return told(watched, sample) == value; }, kPatience);
}

std::string closed(const std::string& reason) { return "orrery_connections_closed_total{reason=\"" + reason + "\"}"; }

}  // namespace

TEST_CASE("measures: a request that a handler takes has a time in queue, and no other one") {
  Watched watched{{"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  watched.serve();
  Wire wire{watched.server.port()};
  for (const char* target : {"GET /constant", "GET /later?ms=1", "GET /task/now", "GET /throw"})
    CHECK(wire.ask(target).status > 0);
  CHECK(wire.ask("GET /nowhere").status == 404);
  CHECK(comes(watched, "orrery_requests_total", 5));
  CHECK(told(watched, "orrery_request_queue_seconds_count") == 4);
  CHECK(told(watched, "orrery_request_queue_seconds_bucket{le=\"+Inf\"}") == 4);
}

TEST_CASE("measures: what waits for a thread of a pool is told, and its wait is in the histogram and the access log") {
  Watched watched{{"-w", "1", "-k", "threads", "--threads", "1", "--access-logfile", "access.log"}};
  watched.server.arguments.insert(watched.server.arguments.end(), {"--access-logformat", "%(U)s %(queue)s"});
  watched.serve();
  CHECK(told(watched, "orrery_pool_threads{pool=\"(handlers)\"}") == 1);
  Wire first{watched.server.port()}, second{watched.server.port()};
  first.send(request("GET /left?ms=600000"));
  CHECK(comes(watched, "orrery_pool_threads_busy{pool=\"(handlers)\"}", 1));
  second.send(request("GET /constant"));
  CHECK(comes(watched, "orrery_pool_queue{pool=\"(handlers)\"}", 1));
  CHECK(eventually(
      [&] {
        const auto requests = watched.json("GET /requests")["requests"];
        return std::ranges::any_of(
            requests, [](const auto& one) { return one["target"] == "/constant" && one["age_seconds"] > 0.15; });
      },
      kPatience));
  first.reset();
  CHECK(second.read().status == 200);
  CHECK(comes(watched, "orrery_pool_queue{pool=\"(handlers)\"}", 0));
  CHECK(comes(watched, "orrery_pool_threads_busy{pool=\"(handlers)\"}", 0));
  CHECK(comes(watched, "orrery_request_queue_seconds_count", 2));
  CHECK(told(watched, "orrery_request_queue_seconds_bucket{le=\"0.134217728\"}") == 1);
  CHECK(told(watched, "orrery_request_queue_seconds_sum").value_or(0) > 0.15);
  REQUIRE(watched.server.wait_for_text("access.log", "/constant "));
  const std::string log = watched.server.read_file("access.log");
  CHECK(std::atof(log.c_str() + log.find("/constant ") + 10) > 0.15);
}

TEST_CASE("measures: what clients waited in the kernel while the worker stood still is in the time in queue") {
  constexpr auto kHeld = std::chrono::milliseconds{200};
  // Of sixteen connections one is asked how long it has waited, and from the first that has each one.
  constexpr int kClients = 20;
  Watched watched{{"-w", "1", "--timeout", "600", "-k", GENERATE(from_range(kClasses))}};
  watched.serve();
  const pid_t worker = watched.server.workers().at(0);
  ::kill(worker, SIGSTOP);
  std::vector<Wire> clients;
  for (int i = 0; i < kClients; ++i) clients.emplace_back(watched.server.port()).send(request("GET /constant"));
  const auto sent = std::chrono::steady_clock::now();
  CHECK(eventually([&] { return std::chrono::steady_clock::now() - sent > kHeld; }));
  ::kill(worker, SIGCONT);
  for (Wire& client : clients) CHECK(client.read().status == 200);
  CHECK(comes(watched, "orrery_request_queue_seconds_count", kClients));
  CHECK(told(watched, "orrery_request_queue_seconds_bucket{le=\"0.134217728\"}").value_or(kClients) < kClients);
  CHECK(told(watched, "orrery_request_queue_seconds_sum").value_or(0) > 0.15);
}

TEST_CASE("measures: pools of the application by their names") {
  Watched watched{{"-w", "1"}};
  watched.serve();
  CHECK(told(watched, "orrery_pool_threads{pool=\"(handlers)\"}") == std::nullopt);
  Wire first{watched.server.port()}, second{watched.server.port()};
  first.send(request("GET /pool/hold"));
  CHECK(comes(watched, "orrery_pool_threads_busy{pool=\"narrow\"}", 1));
  CHECK(told(watched, "orrery_pool_threads{pool=\"narrow\"}") == 1);
  CHECK(told(watched, "orrery_pool_threads{pool=\"wide\"}") == std::nullopt);
  second.send(request("GET /pool/narrow"));
  CHECK(comes(watched, "orrery_pool_queue{pool=\"narrow\"}", 1));
  CHECK(fetch(watched.server.port(), "GET /pool/release").status == 200);
  CHECK(first.read().status == 200);
  CHECK(second.read().status == 200);
  CHECK(comes(watched, "orrery_pool_threads_busy{pool=\"narrow\"}", 0));
  CHECK(told(watched, "orrery_pool_queue{pool=\"narrow\"}") == 0);
}

TEST_CASE("measures: a handler that holds the loop makes its beat late") {
  Watched watched{{"-w", "1"}};
  watched.serve();
  CHECK(told(watched, "orrery_worker_loop_lag_seconds{worker=\"1\"}").has_value());
  CHECK(fetch(watched.server.port(), "GET /sleep?ms=1700").status == 200);
  CHECK(eventually([&] { return told(watched, "orrery_worker_loop_lag_seconds{worker=\"1\"}").value_or(0) > 0.5; },
                   kPatience));
  CHECK(comes(watched, "orrery_worker_ends_total{cause=\"crashed\"}", 0));
}

TEST_CASE("measures: how connections end, by reason") {
  Watched watched{{"-w", "1", "--keep-alive", "1"}};
  watched.serve();
  const int port = watched.server.port();
  SECTION("its client closes it") {
    CHECK(fetch(port, "GET /constant").status == 200);
    CHECK(comes(watched, closed("client"), 1));
  }
  SECTION("the response says so") {
    CHECK(fetch(port, "GET /constant", "Connection: close\r\n").status == 200);
    CHECK(comes(watched, closed("finished"), 1));
  }
  SECTION("its client resets it") {
    Wire wire{port};
    CHECK(wire.ask("GET /constant").status == 200);
    wire.reset();
    CHECK(comes(watched, closed("broken"), 1));
  }
  SECTION("it is idle for too long") {
    Wire wire{port};
    CHECK(wire.ask("GET /constant").status == 200);
    CHECK(wire.closes_within());
    CHECK(comes(watched, closed("timed_out"), 1));
  }
  CHECK(told(watched, "orrery_connections_accepted_total") == 1);
}

TEST_CASE("measures: a connection that goes on in another worker, and the states of those that are open") {
  Watched watched{{"-w", "1", "--keep-alive", "600"}};
  watched.serve();
  Wire idle{watched.server.port()}, busy{watched.server.port()};
  CHECK(idle.ask("GET /constant").status == 200);
  busy.send(request("GET /later?ms=600000"));
  CHECK(comes(watched, "orrery_connections{state=\"idle\"}", 1));
  CHECK(comes(watched, "orrery_connections{state=\"busy\"}", 1));
  busy.reset();
  CHECK(comes(watched, "orrery_connections{state=\"busy\"}", 0));
  CHECK(watched.order("/restart?worker=1").outcome == "done");
  CHECK(comes(watched, closed("handed_over"), 1));
  CHECK(comes(watched, "orrery_connections_taken_over_total", 1));
  CHECK(idle.ask("GET /constant").status == 200);
  CHECK(told(watched, "orrery_connections_accepted_total") == 2);
}

}  // namespace orrery::test
