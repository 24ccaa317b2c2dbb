// Pools in the process of a test: their work runs on the thread of the test, in every worker class.
#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "orrery/test_client.hpp"

#include "support/shapes.hpp"

namespace orrery::test {

namespace {

using namespace std::chrono_literals;

struct Image {
  std::string name;
};

}  // namespace

TEST_CASE("test client: handlers on a pool, typed ones too") {
  App app;
  const Pool pool{app, "work", {.threads = 1, .queue = 0}};
  const std::thread::id here = std::this_thread::get_id();
  app.get("/plain", blocking(pool, shown));
  app.group("/group").post("/{n}", blocking(pool, [here](const Request& request, std::int64_t n) {
                             if (std::this_thread::get_id() != here) throw std::logic_error("not here");
                             return Response::text(std::to_string(n + 1) + std::string{request.body()});
                           }));
  app.get("/fails", blocking(pool, [](const Request&) -> Result<Response> { return fail("the disk is full"); }));
  app.get("/teapot", blocking(pool, [](const Request&) -> Response { throw HttpError{418, "Short."}; }));
  for (const WorkerClass worker_class : kClasses) {
    TestClient client{app, of_class(worker_class)};
    CHECK(client.get("/plain").send().body == "GET /plain 127.0.0.1 ");
    CHECK(client.post("/group/41").body("text/plain", "!").send().body == "42!");
    CHECK(client.post("/group/x").send().status == 400);
    CHECK(client.get("/fails").send().status == 500);
    CHECK(client.log().back().starts_with("ERROR handler of GET /fails failed: the disk is full"));
    CHECK(client.get("/teapot").send().status == 418);
  }
}

TEST_CASE("test client: a step of a coroutine on a pool") {
  App app;
  const Pool pool{app, "work", {}};
  std::string order;
  app.get("/", [&](const Request&) -> Task<Response> {
    order += "a";
    const Image image = co_await blocking(pool, [&] {
      order += "b";
      return Image{"moon"};
    });
    co_await blocking(pool, [&] { order += "c"; });
    co_await sleep_for(1h);
    co_return Response::text(image.name + order);
  });
  app.get("/throws", [&](const Request&) -> Task<Response> {
    try {
      co_await blocking(pool, []() -> int { throw std::runtime_error("no disk"); });
    } catch (const std::runtime_error& error) {
      order = error.what();
    }
    co_return Response::text(order);
  });
  Config config;
  config.request_deadline = 2h;
  TestClient client{app, config};
  TestExchange exchange = client.get("/").begin();
  CHECK(order == "abc");
  client.pass(1h);
  CHECK(exchange.answer().body == "moonabc");
  CHECK(client.get("/throws").send().body == "no disk");
}

TEST_CASE("test client: a pool that the App does not have fails the handler") {
  App app, other;
  const Pool stranger{other, "stranger", {}};
  app.get("/", blocking(stranger, shown));
  TestClient client{app};
  CHECK(client.get("/").send().status == 500);
  CHECK(client.log().back().starts_with("ERROR handler of GET / failed: the pool `stranger` was made for another App"));
}

TEST_CASE("test client: a worker that drains waits for a job's answer") {
  App app;
  const Pool pool{app, "work", {}};
  app.get("/", [pool](const Request&) -> Task<Response> {
    co_await sleep_for(1s);
    const std::string text = co_await blocking(pool, [] { return std::string{"done"}; });
    co_return Response::text(text);
  });
  TestClient client{app};
  TestExchange exchange = client.get("/").begin();
  client.drain();
  CHECK_FALSE(client.gone());
  client.pass(1s);
  CHECK(exchange.answer().body == "done");
  CHECK(client.gone());
}

}  // namespace orrery::test
