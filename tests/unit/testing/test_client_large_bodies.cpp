// Bodies that are spooled, in the process of a test: whole for the handler in every class, and refused where there is
// no room for them.
#include <catch2/catch.hpp>
#include <string>

#include "orrery/form.hpp"
#include "orrery/test_client.hpp"

#include "support/large_body.hpp"
#include "support/shapes.hpp"

namespace orrery::test {

namespace {

App app_of_bodies() {
  App app;
  const RouteOptions large{.request_deadline = {}, .limit_request_body = std::uint64_t{1} << 30};
  app.post(
      "/plain", [](const Request& request) { return Response::text(told_of(request.body())); }, large);
  app.post(
      "/task",
      [](const Request& request) -> Task<Response> {
        co_await sleep_for(std::chrono::milliseconds{1});
        co_return Response::text(told_of(request.body()));
      },
      large);
  app.post(
      "/form", [](const Request&, Form form) { return Response::text(std::string{*form.get("a")}); }, large);
  return app;
}

}  // namespace

TEST_CASE("test client: bodies above client_body_buffer_size are whole for their handlers") {
  const App app = app_of_bodies();
  const std::string body = large_body(2'000'000);
  for (const WorkerClass worker_class : kClasses) {
    Config config = of_class(worker_class);
    config.client_body_buffer_size = 10'000;
    TestClient client{app, config};
    CHECK(client.post("/plain").body("text/plain", body).send().body == told_of(body));
    TestExchange later = client.post("/task").body("text/plain", body).begin();
    client.pass(std::chrono::milliseconds{1});
    CHECK(later.answer().body == told_of(body));
    const std::string value(20'000, 'x');
    CHECK(client.post("/form").body("application/x-www-form-urlencoded", "a=" + value).send().body == value);
    TestExchange upload = client.post("/plain").in_pieces("text/plain").begin();
    for (std::size_t at = 0; at < body.size(); at += 50'000) upload.write(body.substr(at, 50'000));
    upload.end();
    CHECK(upload.answer().body == told_of(body));
    CHECK(client.log().empty());
  }
}

TEST_CASE("test client: a body for which there is no room is answered 507") {
  Config config;
  config.client_body_buffer_size = 10'000;
  config.tmp_upload_dir = "/proc";
  TestClient client{app_of_bodies(), config};
  CHECK(client.post("/plain").body("text/plain", std::string(20'000, 'x')).send().status == 507);
  REQUIRE(client.log().size() >= 1);
  CHECK(client.log().front().find("its body cannot be written into a file in /proc: ") != std::string::npos);
  CHECK(client.post("/plain").body("text/plain", "small").send().status == 200);
}

}  // namespace orrery::test
