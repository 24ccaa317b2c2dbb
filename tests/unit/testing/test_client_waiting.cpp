// What TestClient waits for and what it does not: time, threads, and the end of a worker.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "orrery/test_client.hpp"

#include "support/shapes.hpp"

namespace orrery::test {

namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("test client: time stands still until pass()") {
  TestClient client{shapes()};
  TestExchange slow = client.get("/sleep").begin();
  CHECK_FALSE(slow.over());
  client.pass(499ms);
  CHECK_FALSE(slow.over());
  client.pass(1ms);
  CHECK(slow.answer().body == "GET /sleep 127.0.0.1 ");
}

TEST_CASE("test client: a request whose answer only time can bring says so") {
  TestClient client{shapes()};
  CHECK(
      failure_of([&] { (void)client.get("/sleep").send(); }) ==
      "nothing but time can bring the answer to GET /sleep; begin() the request, call pass(), and ask for its answer() "
      "then");
}

TEST_CASE("test client: deadlines that fall into pass() happen, to the millisecond") {
  App app;
  std::vector<Responder> kept;
  app.get("/never", [&](Request, Responder responder) { kept.push_back(std::move(responder)); },
          {.request_deadline = 2s, .limit_request_body = {}, .stream_body = false});
  TestClient client{app};
  TestExchange never = client.get("/never").begin();
  client.pass(1999ms);
  CHECK_FALSE(never.over());
  client.pass(1ms);
  CHECK(never.answer().status == 504);
  // A head that does not come whole, and a connection that is idle.
  TestExchange half = client.raw("GET /nev");
  client.pass(9999ms);
  CHECK(half.status() == 0);
  client.pass(1ms);
  CHECK(half.answer().status == 408);
}

TEST_CASE("test client: periodic tasks run as time passes, also through a whole day") {
  App app;
  int beats = 0;
  app.on_worker_start([&](Worker& worker) -> Result<void> {
    worker.every(1h, [&] { ++beats; });
    return {};
  });
  TestClient client{app};
  client.pass(59min);
  CHECK(beats == 0);
  client.pass(1min);
  CHECK(beats == 1);
  client.pass(24h);
  CHECK(beats == 25);
}

TEST_CASE("test client: the Date field goes with the time that passes") {
  TestClient client{shapes()};
  const auto before = std::string{client.get("/plain").send().field("Date").value()};
  const auto same = std::string{client.get("/plain").send().field("Date").value()};
  CHECK(before == same);
  client.pass(1s);
  CHECK(std::string{client.get("/plain").send().field("Date").value()} != before);
}

TEST_CASE("test client: threads of the application are waited for") {
  App app;
  app.get("/thread", [](const Request&) -> Task<Response> {
    std::thread worker;
    const auto begin = [&](auto done) { worker = std::thread{[done] { done("found"); }}; };
    std::string found = co_await Await<std::string>{begin};
    worker.join();
    co_return Response::text(found);
  });
  app.get("/later", [](Request, Responder responder) {
    std::thread{[mine = std::move(responder)]() mutable { std::move(mine).send(Response::text("late")); }}.detach();
  });
  for (const WorkerClass worker_class : kClasses) {
    TestClient client{app, of_class(worker_class)};
    CHECK(client.get("/thread").send().body == "found");
    CHECK(client.get("/later").send().body == "late");
  }
}

TEST_CASE("test client: a thread that brings nothing is not waited for") {
  App app;
  auto shared = std::make_shared<std::vector<Responder>>();  // goes with the application
  std::vector<Responder>& kept = *shared;
  app.on_worker_end([shared](Worker&) { shared->clear(); });
  app.get("/", [&](Request, Responder responder) {
    kept.push_back(std::move(responder));
    std::thread{[] {}}.join();
  });
  TestClient client{app};
  const auto begin = std::chrono::steady_clock::now();
  CHECK(
      failure_of([&] { (void)client.get("/").send(); }).starts_with("nothing but time can bring the answer to GET /"));
  CHECK(std::chrono::steady_clock::now() - begin < 4s);
}

TEST_CASE("test client: a task is cancelled when its client leaves") {
  App app;
  bool cancelled = false;
  app.get("/", [&](const Request&) -> Task<Response> {
    try {
      co_await sleep_for(1h);
    } catch (const Cancelled&) {
      cancelled = true;
      throw;
    }
    co_return Response::status(204);
  });
  TestClient client{app};
  TestExchange exchange = client.get("/").begin();
  CHECK_FALSE(cancelled);
  exchange.leave();
  CHECK(cancelled);
}

TEST_CASE("test client: a worker that drains finishes what is in flight, and then its end hooks run") {
  App app = shapes();
  bool ended = false;
  app.on_worker_end([&](Worker&) { ended = true; });
  TestClient client{app};
  TestExchange slow = client.get("/sleep").begin();
  client.drain();
  CHECK_FALSE(client.gone());
  CHECK(failure_of([&] { (void)client.get("/plain").send(); }) ==
        "the worker is leaving and takes no new connection, so nobody answers GET /plain");
  client.pass(500ms);
  CHECK(slow.answer().field("Connection") == "close");
  CHECK(client.gone());
  CHECK(ended);
  client.pass(1h);
}

TEST_CASE("test client: what does not end by itself is given up after graceful_timeout") {
  App app = shapes();
  Config config;
  config.graceful_timeout = 100ms;
  TestClient client{app, config};
  TestExchange slow = client.get("/sleep").begin();
  client.drain();
  client.pass(100ms);
  CHECK(slow.answer().status == 503);
  CHECK(client.gone());
}

}  // namespace orrery::test
