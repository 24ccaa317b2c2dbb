// A stranger's tests of a service: built against the installed library of tests, found by pkg-config, CMake or meson.
#undef NDEBUG
#include <cassert>
#include <chrono>
#include <cstdio>
#include <orrery/orrery.hpp>
#include <orrery/test_client.hpp>
#include <string>

using namespace std::chrono_literals;

orrery::App make_app() {
  orrery::App app;
  app.post("/double", [](const orrery::Request& request) {
    return orrery::Response::text(std::string{request.body()} + std::string{request.body()});
  });
  app.get("/slow", [](const orrery::Request&) -> orrery::Task<orrery::Response> {
    co_await orrery::sleep_for(1h);
    co_return orrery::Response::text("at last\n");
  });
  return app;
}

void test_double() {
  orrery::TestClient client{make_app()};
  const orrery::TestAnswer answer = client.post("/double").body("text/plain", "ab").send();
  assert(answer.status == 200 && answer.body == "abab");
  assert(answer.field("Content-Type") == "text/plain; charset=utf-8");
}

void test_slow() {
  orrery::Config config;
  config.request_deadline = 2h;
  orrery::TestClient client{make_app(), config};
  orrery::TestExchange slow = client.get("/slow").begin();
  client.pass(1h);  // takes no time
  assert(slow.answer().body == "at last\n");
}

int main() {
  test_double();
  test_slow();
  static_assert(ORRERY_VERSION_NUMBER >= 100);
  std::printf("tested with %s\n", orrery::version());
}
