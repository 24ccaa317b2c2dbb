// Work that blocks on pools of the application: in every worker class it holds up nobody else, its queue is bounded,
// and it is answered, cancelled and drained as any handler.
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

std::unique_ptr<ServerProcess> server_of(const std::string& worker_class, const std::string& settings = {}) {
  auto server = std::make_unique<ServerProcess>(ServerProcess::Program::kEcho,
                                                std::vector<std::string>{"-w", "1", "-k", worker_class});
  server->yaml = "accesslog: access.log\naccess_log_format: '[%(U)s %(s)s]'\n" + settings;
  REQUIRE(server->serve());
  return server;
}

bool counted(const ServerProcess& server, const std::string& wanted) {
  return eventually([&] { return fetch(server.port(), "GET /pool/counts").body == wanted + "\n"; }, kPatience);
}

void release(const ServerProcess& server) { CHECK(fetch(server.port(), "GET /pool/release").body == "opened\n"); }

}  // namespace

TEST_CASE("pools: answers and failures are those of any handler") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  Wire wire{server->port()};
  wire.send(request("POST /pool/echo/mars", "Content-Length: 100000\r\n") + std::string(100000, 'b'));
  CHECK(wire.read().body == "mars " + std::string(100000, 'b'));
  CHECK(wire.ask("GET /pool/sum/100").body == "338350\n");
  CHECK(wire.ask("GET /pool/throw").status == 500);
  CHECK(server->wait_for_line("handler of GET /pool/throw failed: thrown on a thread"));
  const Answer teapot = wire.ask("GET /pool/teapot");
  CHECK(teapot.status == 418);
  CHECK(count_in(teapot.body, "Short and stout.") == 1);
  wire.send(request("HEAD /pool/teapot"));
  CHECK(wire.read(kPatience, true).status == 418);
  CHECK(server->stop() == 0);
  CHECK(server->count_lines("[ERROR]") == 1);
}

TEST_CASE("pools: what blocks holds up nobody, and the queue has its bound") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  Wire holder{server->port()}, queued{server->port()}, third{server->port()};
  const bool step = GENERATE(false, true);
  holder.send(request(step ? "GET /pool/step-narrow" : "GET /pool/hold"));
  REQUIRE(counted(*server, "1 0"));
  queued.send(request("GET /pool/narrow"));
  CHECK(fetch(server->port(), "GET /constant").status == 200);
  CHECK(fetch(server->port(), "GET /pool/sum/3").body == "14\n");
  // The queued one was read before those.
  const Answer refused = third.ask("GET /pool/narrow");
  CHECK(refused.status == 503);
  CHECK(refused.field("Retry-After") == "1");
  CHECK(server->wait_for_line("queue_full"));
  release(*server);
  CHECK(holder.read().body == (step ? "stepped\n" : "released\n"));
  CHECK(queued.read().body == "narrow\n");
  CHECK(server->stop() == 0);
  CHECK(server->count_lines("[ERROR]") == 0);
}

TEST_CASE("pools: a client that leaves gives its place in the queue up, and no thread has its job") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  Wire holder{server->port()};
  holder.send(request("GET /pool/hold"));
  REQUIRE(counted(*server, "1 0"));
  for (int i = 0; i < 5; ++i) {
    // Each has the only place, which the one before has given up.
    auto leaving = std::make_unique<Wire>(server->port());
    leaving->send(request("GET /pool/narrow"));
    CHECK(fetch(server->port(), "GET /constant").status == 200);
    if (i % 2 == 0)
      leaving->reset();
    else
      leaving.reset();
    CHECK(eventually([&] { return count_in(server->read_file("access.log"), "[/pool/narrow ") == i + 1; }, kPatience));
  }
  release(*server);
  CHECK(holder.read().body == "released\n");
  CHECK(counted(*server, "1 1"));
  CHECK(server->count_lines("queue_full") == 0);
  CHECK(server->stop() == 0);
  CHECK(server->count_lines("[ERROR]") == 0);
}

TEST_CASE("pools: a client that only closes its side is answered") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  Wire wire{server->port()};
  wire.send(request("POST /pool/echo/venus", "Content-Length: 2\r\n") + "ok");
  wire.half_close();
  CHECK(wire.read().body == "venus ok");
  Wire holder{server->port()};
  holder.send(request("GET /pool/hold"));
  REQUIRE(counted(*server, "1 0"));
  holder.half_close();
  CHECK(fetch(server->port(), "GET /constant").status == 200);
  release(*server);
  CHECK(holder.read().body == "released\n");
  CHECK(server->stop() == 0);
}

TEST_CASE("pools: request_deadline answers 504, for what runs and for what waits") {
  const auto server = server_of(GENERATE(from_range(kClasses)), "request_deadline: 300ms\n");
  Wire holder{server->port()}, queued{server->port()};
  holder.send(request("GET /pool/step-narrow"));
  REQUIRE(counted(*server, "1 0"));
  queued.send(request("GET /pool/narrow"));
  CHECK(holder.read().status == 504);
  CHECK(queued.read().status == 504);
  // The worker has no free thread of this pool: another one comes in its place.
  CHECK(server->wait_for_line("every handler thread past its deadline"));
}

TEST_CASE("pools: within() ends the wait when the work has ended") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  Wire holder{server->port()}, queued{server->port()};
  holder.send(request("GET /pool/hold"));
  REQUIRE(counted(*server, "1 0"));
  CHECK(queued.ask("GET /pool/within?limit=20").status == 504);  // in the queue: at once
  release(*server);
  CHECK(holder.read().body == "released\n");
  queued.send(request("GET /pool/within?limit=20"));
  REQUIRE(counted(*server, "2 1"));
  CHECK(queued.read(std::chrono::milliseconds{100}).status == 0);
  release(*server);
  CHECK(queued.read().status == 504);
  CHECK(server->stop() == 0);
}

TEST_CASE("pools: a worker that leaves drains them") {
  const auto server = server_of(GENERATE(from_range(kClasses)));
  const bool reload = GENERATE(false, true);
  Wire holder{server->port()}, queued{server->port()};
  holder.send(request("GET /pool/hold"));
  REQUIRE(counted(*server, "1 0"));
  queued.send(request("GET /pool/narrow"));
  CHECK(fetch(server->port(), "GET /constant").status == 200);
  Wire release{server->port()};
  // Its worker reads it when the signal comes: a connection that is at rest would go to another worker.
  release.send(request("GET /pool/release", "Content-Length: 1\r\nExpect: 100-continue\r\n"));
  REQUIRE(release.read_some(1000).find(" 100 ") != std::string::npos);
  server->signal(reload ? SIGHUP : SIGTERM);
  CHECK(server->wait_for_line(reload ? "Booting worker" : "Handling signal: term"));
  release.send("x");
  CHECK(release.read().body == "opened\n");
  CHECK(holder.read().body == "released\n");
  CHECK(queued.read().body == "narrow\n");
  if (!reload) CHECK(server->wait_for_end() == 0);
  CHECK(server->count_lines("[ERROR]") == 0);
}

}  // namespace orrery::test
