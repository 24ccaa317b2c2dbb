#include "app.hpp"

#include <catch2/catch.hpp>
#include <orrery/test_client.hpp>

TEST_CASE("greeter: it greets by name") {
  orrery::TestClient client{make_app()};
  CHECK(client.get("/hello/Ada").send().body == "Hello, Ada.\n");
  CHECK(client.get("/hello/").send().status == 404);
}
