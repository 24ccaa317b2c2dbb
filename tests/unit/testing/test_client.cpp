#include "orrery/test_client.hpp"

#include <catch2/catch.hpp>
#include <ctime>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/shapes.hpp"

namespace orrery::test {

namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("test client: every shape of handler answers in every class") {
  struct Row {
    const char* target;
    const char* body;
  };
  const Row rows[] = {{"/plain?a=b", "GET /plain?a=b 127.0.0.1 "},
                      {"/later", "GET /later 127.0.0.1 "},
                      {"/task", "GET /task 127.0.0.1 "},
                      {"/pull", "01234"}};
  for (const WorkerClass worker_class : kClasses) {
    TestClient client{shapes(), of_class(worker_class)};
    for (const Row& row : rows) {
      INFO(static_cast<int>(worker_class) << " " << row.target);
      const TestAnswer answer = client.get(row.target).send();
      CHECK(answer.status == 200);
      CHECK(answer.body == row.body);
      CHECK(answer.whole);
      CHECK(answer.field("date").has_value());
    }
    CHECK(client.log().empty());
  }
}

TEST_CASE("test client: handlers run on the thread of the test, in the class that was asked for") {
  for (const WorkerClass worker_class : kClasses) {
    App app;
    std::thread::id thread;
    WorkerClass seen{};
    app.get("/", [&](const Request& request) {
      thread = std::this_thread::get_id();
      seen = request.worker_class();
      return Response::status(204);
    });
    TestClient client{app, of_class(worker_class)};
    CHECK(client.get("/").send().status == 204);
    CHECK(thread == std::this_thread::get_id());
    CHECK(seen == worker_class);
  }
}

TEST_CASE("test client: methods, bodies and fields are those of the request") {
  App app;
  app.route("*", "/", [](const Request& request) {
    return Response::text(std::string{request.method()} + " " +
                          std::string{request.field("Content-Type").value_or("-")} + " " + std::string{request.body()})
        .with_field("X-Seen", std::string{request.field("X-Mine").value_or("-")});
  });
  TestClient client{app};
  CHECK(client.get("/").send().body == "GET - ");
  CHECK(client.post("/").send().body == "POST - ");
  CHECK(client.post("/").json("{}").send().body == "POST application/json {}");
  CHECK(client.put("/").body("text/plain", "a\r\nb").send().body == "PUT text/plain a\r\nb");
  CHECK(client.patch("/").send().body == "PATCH - ");
  CHECK(client.del("/").send().body == "DELETE - ");
  CHECK(client.request("PROPFIND", "/").send().status == 200);
  CHECK(client.request("HEAD", "/").send().body.empty());
  CHECK(client.get("/").field("X-Mine", "1").send().field("x-seen") == "1");
}

TEST_CASE("test client: the server's own answers come as a client sees them") {
  Config config;
  config.limit_request_body = 4;
  config.error_form = ErrorForm::kText;
  App app = shapes();
  TestClient client{app, config};
  CHECK(client.get("/nowhere").send().status == 404);
  const TestAnswer wrong_method = client.del("/plain").send();
  CHECK(wrong_method.status == 405);
  CHECK(wrong_method.field("Allow").has_value());
  CHECK(client.post("/echo").body("text/plain", "12345").send().status == 413);
  CHECK(client.get("/" + std::string(9000, 'x')).send().status == 414);
  CHECK(client.get("/plain").field("X-Long", std::string(9000, 'x')).send().status == 431);
  CHECK(client.get("/plain").field("Host", "a b").send().status == 400);
  CHECK(client.raw("GET /plain HTTP/1.1\r\n\r\n").answer().status == 400);
  CHECK(client.raw("GET /plain HTTP/1.0\r\n\r\n").answer().body == "GET /plain 127.0.0.1 ");
  CHECK(client.get("/plain").send().status == 200);
}

TEST_CASE("test client: what a handler throws is answered, and stands in the log") {
  TestClient client{shapes()};
  CHECK(client.get("/teapot").send().status == 418);
  CHECK(client.log().empty());
  CHECK(client.get("/fails").send().status == 500);
  const auto log = client.log();
  REQUIRE(log.size() == 1);
  CHECK(log.front().starts_with("ERROR handler of GET /fails failed: the disk is full (request "));
}

TEST_CASE("test client: addresses") {
  App app;
  app.get("/", [](const Request& request) {
    return Response::text(std::string{request.peer()} + " " + std::string{request.client()});
  });
  TestClient client{app};
  CHECK(client.get("/").send().body == "127.0.0.1 127.0.0.1");
  CHECK(client.get("/").from("192.0.2.7").send().body == "192.0.2.7 192.0.2.7");
  CHECK(client.get("/").from("2001:db8::1").send().body == "2001:db8::1 2001:db8::1");
  CHECK(client.get("/").from("unix").send().body.starts_with("unix"));
  // Only a proxy that is trusted may say who asked.
  CHECK(client.get("/").field("X-Forwarded-For", "192.0.2.9").send().body == "127.0.0.1 192.0.2.9");
  CHECK(client.get("/").from("192.0.2.7").field("X-Forwarded-For", "192.0.2.9").send().body == "192.0.2.7 192.0.2.7");
  CHECK(failure_of([&] { (void)client.get("/").from("somewhere").send(); }).starts_with("from(\"somewhere\"): "));
}

TEST_CASE("test client: a wrong configuration or route is said as --check-config says it") {
  Config config;
  config.threads = 0;
  config.forwarded_allow_ips = {"nobody"};
  const std::string about_config = failure_of([&] { const TestClient client{App{}, config}; });
  CHECK(about_config.find("threads: ") != std::string::npos);
  CHECK(about_config.find("forwarded_allow_ips: ") != std::string::npos);
  App app;
  app.get("/a", shown).get("/a", shown);
  CHECK(failure_of([&] { const TestClient client{app}; }).find("/a") != std::string::npos);
  App unwilling;
  unwilling.on_worker_start([](Worker&) -> Result<void> { return fail("there is no database"); });
  CHECK(failure_of([&] { const TestClient client{unwilling}; }) ==
        "the application could not start: there is no database");
}

TEST_CASE("test client: hooks have a worker with its configuration, and see its end") {
  App app;
  std::string story;
  app.on_worker_start([&](Worker& worker) -> Result<void> {
    story += "start " + std::to_string(worker.number()) + " " + std::to_string(worker.config().threads) + "; ";
    worker.post([&] { story += "posted; "; });
    return {};
  });
  app.on_worker_end([&](Worker&) { story += "end"; });
  Config config;
  config.threads = 7;
  {
    TestClient client{app, config};
    CHECK(story == "start 1 7; posted; ");
    CHECK(client.worker().config().threads == 7);
  }
  CHECK(story == "start 1 7; posted; end");
}

TEST_CASE("test client: two clients live side by side, each with its own time") {
  TestClient one{shapes()};
  TestClient other{shapes()};
  TestExchange here = one.get("/sleep").begin();
  TestExchange there = other.get("/sleep").begin();
  one.pass(500ms);
  CHECK(here.over());
  CHECK_FALSE(there.over());
  other.pass(500ms);
  CHECK(there.over());
}

TEST_CASE("test client: a handler may use a client of its own") {
  TestClient upstream{shapes()};
  App app;
  app.get("/", [&](const Request&) { return Response::text(upstream.get("/plain").send().body); });
  TestClient client{app};
  CHECK(client.get("/").send().body == "GET /plain 127.0.0.1 ");
  CHECK(client.get("/").send().status == 200);
}

TEST_CASE("test client: what the application keeps may outlive the client") {
  std::vector<Request> requests;
  std::vector<Responder> responders;
  std::vector<Stream> streams;
  App app;
  app.get("/keep", [&](Request request, Responder responder) {
    requests.push_back(std::move(request));
    responders.push_back(std::move(responder));
  });
  app.get("/stream", [&](Request, Responder responder) {
    streams.push_back(*std::move(responder).start(Response::bytes("text/plain", "")));
  });
  {
    TestClient client{app};
    TestExchange kept = client.get("/keep").begin();
    TestExchange streamed = client.stream("/stream");
  }
  CHECK(requests.front().path() == "/keep");
  CHECK(requests.front().cancelled());
  std::move(responders.front()).send(Response::status(204));
  CHECK_FALSE(streams.front().open());
  CHECK_FALSE(streams.front().write("nobody"));
}

TEST_CASE("test client: clients come and go without end") {
  for (int i = 0; i < 300; ++i) {
    TestClient client{shapes()};
    REQUIRE(client.get("/plain").send().status == 200);
  }
}

TEST_CASE("test client: an application that never rests is said, and does not hang") {
  App app;
  std::function<void()> again;
  app.on_worker_start([&](Worker& worker) -> Result<void> {
    again = [&] { worker.post(again); };
    worker.post(again);
    return {};
  });
  CHECK(failure_of([&] { const TestClient client{app}; }).starts_with("the application does not come to rest"));
}

TEST_CASE("test client: a line break cannot get into a request") {
  TestClient client{shapes()};
  CHECK_FALSE(failure_of([&] { (void)client.get("/plain HTTP/1.1\r\nX: y").send(); }).empty());
  CHECK_FALSE(failure_of([&] { (void)client.get("/plain").field("A", "b\r\nC: d").send(); }).empty());
  CHECK(client.get("/plain").send().status == 200);
}

TEST_CASE("test client: requests are quick enough for thousands of them", "[.long]") {
  TestClient client{shapes()};
  constexpr int kRequests = 4000;
  const std::clock_t begin = std::clock();  // the processor's time: others may use the machine
  for (int i = 0; i < kRequests; ++i) REQUIRE(client.get("/plain").send().status == 200);
  const double taken = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  CHECK(kRequests / taken >= 2000);
}

}  // namespace orrery::test
