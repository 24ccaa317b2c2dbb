// Layers around plain handlers, streams and the server's own answers, through a whole connection.
#include "http/layers.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/connection_driver.hpp"

namespace orrery::http {
namespace {

using test::ConnectionDriver;
using test::read_responses;
using test::SeenResponse;
using Lines = std::vector<std::string>;

/// Says when it was there.
Layer witness(const std::string& name, Lines& seen) {
  return {name,
          [name, &seen](Request& request) -> std::optional<Response> {
            seen.push_back(name + " before " + std::string{request.path()});
            return {};
          },
          [name, &seen](const Request&, Response& response) {
            seen.push_back(name + " after " + std::to_string(response.status()));
            response.set_field("X-" + name, std::to_string(response.status()));
          }};
}

Layer refusing(int status) {
  return {"refusing", [status](Request&) { return Response::status(status); }};
}

Response hello(const Request&) { return Response::text("hello\n"); }

SeenResponse ask(ConnectionDriver& driver, const std::string& request, const std::string& method = "GET") {
  driver.receive(request);
  const auto all = read_responses(driver.take_output(), {method});
  REQUIRE(all.size() == 1);
  return all.front();
}

std::string head(const std::string& method, const std::string& target, const std::string& fields = {}) {
  return method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

TEST_CASE("Layers stand in order: the app's, the group's, the route's, and back") {
  Lines seen;
  App app;
  auto group = app.group("/g", {.layers = {witness("g1", seen)}});
  group.layer(witness("g2", seen));
  group.get("/x", hello, RouteOptions{.layers = {witness("r", seen)}});
  group.group("/inner").get("/y", hello);
  app.get("/plain", hello);
  app.layer(witness("app", seen));
  ConnectionDriver driver{app};
  SECTION("of a route in a group") {
    CHECK(ask(driver, head("GET", "/g/x")).field("X-r") == "200");
    CHECK(seen == Lines{"app before /g/x", "g1 before /g/x", "g2 before /g/x", "r before /g/x", "r after 200",
                        "g2 after 200", "g1 after 200", "app after 200"});
  }
  SECTION("of a group in a group") {
    ask(driver, head("GET", "/g/inner/y"));
    CHECK(seen == Lines{"app before /g/inner/y", "g1 before /g/inner/y", "g2 before /g/inner/y", "g2 after 200",
                        "g1 after 200", "app after 200"});
  }
  SECTION("of a route outside") {
    ask(driver, head("GET", "/plain"));
    CHECK(seen == Lines{"app before /plain", "app after 200"});
  }
}

TEST_CASE("The server's own answers pass the layers") {
  Lines seen;
  App app;
  app.layer(witness("app", seen));
  app.get("/get", hello, {.layers = {witness("get", seen)}});
  app.post("/get", hello, {.limit_request_body = 10, .layers = {witness("post", seen)}});
  app.get("/wrong", [](const Request&) { return Response::status(99); });
  app.get("/forged", [](const Request&) { return Response::text("").with_field("X-A", "a\r\nX-B: b"); });
  app.get("/thrown", [](const Request&) -> Response { throw HttpError{418, "Short and stout."}; });
  Config config;
  config.limit_request_field_size = 100;
  ConnectionDriver driver{app, config};
  struct Row {
    std::string request;
    const char* status;
    Lines expected;
  };
  const std::string long_field = "X: " + std::string(200, 'x') + "\r\n";
  const Row rows[] = {
      {head("GET", "/nowhere"), "404", {"app before /nowhere", "app after 404"}},
      {head("DELETE", "/get"),
       "405",
       {"app before /get", "get before /get", "post before /get", "post after 405", "get after 405", "app after 405"}},
      {head("OPTIONS", "/get"),
       "204",
       {"app before /get", "get before /get", "post before /get", "post after 204", "get after 204", "app after 204"}},
      {head("OPTIONS", "*"), "204", {"app before *", "app after 204"}},
      {head("POST", "/get", "Content-Length: 11\r\n"), "413", {"post after 413", "app after 413"}},
      {head("GET", "/get", long_field), "431", {"app after 431"}},
      {head("BREW", "/get"), "501", {"app after 501"}},
      {head("GET", "/get", "Expect: more\r\n"), "417", {"app after 417"}},
      {head("GET", "/wrong"), "500", {"app before /wrong", "app after 99", "app after 500"}},
      {head("GET", "/forged"), "500", {"app before /forged", "app after 200", "app after 500"}},
      {head("GET", "/thrown"), "418", {"app before /thrown", "app after 418"}},
  };
  for (const Row& row : rows) {
    INFO(row.request);
    seen.clear();
    ConnectionDriver fresh{app, config};
    const SeenResponse response = ask(fresh, row.request);
    CHECK(std::to_string(response.status) == row.status);
    CHECK(response.field("X-app") == row.status);
    CHECK(seen == row.expected);
  }
  SECTION("but not where there was no request line") {
    seen.clear();
    ConnectionDriver fresh{app, config};
    CHECK(ask(fresh, "GET\r\n\r\n").status == 400);
    CHECK(seen.empty());
  }
}

TEST_CASE("Refusals of a request that has its handler pass the layers") {
  Lines seen;
  App app;
  app.layer(witness("app", seen));
  app.get("/quick", hello, {.request_deadline = std::chrono::milliseconds{100}});
  ConnectionDriver driver{app};
  driver.hold_requests();
  driver.receive(head("GET", "/quick"));
  SECTION("504") { driver.pass(std::chrono::milliseconds{200}); }
  SECTION("503, queue_full") { driver.refuse(base::Reject::queue_full); }
  SECTION("503, quarantined") { driver.refuse(base::Reject::quarantined); }
  const auto all = read_responses(driver.output());
  REQUIRE(all.size() == 1);
  CHECK(all[0].status >= 503);
  CHECK(all[0].field("X-app") == std::to_string(all[0].status));
  CHECK(seen.size() == 2);
}

TEST_CASE("The head of a stream passes the layers, once") {
  Lines seen;
  App app;
  app.layer(witness("app", seen));
  app.get("/", [](const Request&) {
    return Response::stream("text/plain", [](std::string& out) {
      out = "piece";
      return false;
    });
  });
  ConnectionDriver driver{app};
  SECTION("pulled") {
    const SeenResponse response = ask(driver, head("GET", "/"));
    CHECK(response.body == "piece");
    CHECK(response.field("X-app") == "200");
  }
  SECTION("pushed") {
    driver.hold_requests();
    driver.receive(head("GET", "/"));
    CHECK(driver.start_stream(Response::text("")));
    driver.send_piece("pushed");
    driver.end_stream();
    CHECK(read_responses(driver.output()).at(0).body == "pushed");
    CHECK(read_responses(driver.output()).at(0).field("X-app") == "200");
  }
  CHECK(seen == Lines{"app before /", "app after 200"});
}

TEST_CASE("An answer of `before` is the answer, and what stands further inside sees nothing") {
  Lines seen;
  App app;
  app.layer(witness("outer", seen));
  app.layer(refusing(401));
  app.layer(witness("inner", seen));
  app.post("/", [](const Request&) -> Response { throw std::logic_error("called"); });
  ConnectionDriver driver{app};
  SECTION("without a body") {
    CHECK(ask(driver, head("POST", "/")).status == 401);
    CHECK(driver.end() == test::End::kOpen);
    CHECK(seen == Lines{"outer before /", "inner after 401", "outer after 401"});
  }
  SECTION("a client that waits for 100 Continue gets it instead, and the connection is closed") {
    const SeenResponse response = ask(driver, head("POST", "/", "Content-Length: 5\r\nExpect: 100-continue\r\n"));
    CHECK(response.status == 401);
    CHECK(response.field("Connection") == "close");
  }
  SECTION("a body that comes all the same is read away") {
    CHECK(ask(driver, head("POST", "/", "Content-Length: 5\r\n")).status == 401);
    driver.receive("12345");
    CHECK(ask(driver, head("GET", "/nowhere")).status == 401);
  }
  CHECK(driver.requests().empty());
  CHECK(driver.failures().empty());
}

TEST_CASE("`before` answers with a stream") {
  App app;
  app.layer({"streams", [](Request&) {
               return Response::stream("text/plain", [](std::string& out) {
                 out = "from a layer";
                 return false;
               });
             }});
  app.get("/", hello);
  ConnectionDriver driver{app};
  CHECK(ask(driver, head("GET", "/")).body == "from a layer");
}

TEST_CASE("What a layer throws is answered as a handler's, and the other layers see that") {
  Lines seen;
  App app;
  bool in_before = true;
  std::function<void()> fault;
  app.layer(witness("outer", seen));
  app.layer({"faulty",
             [&](Request&) -> std::optional<Response> {
               if (in_before) fault();
               return {};
             },
             [&](const Request&, Response&) {
               if (!in_before) fault();
             }});
  app.layer(witness("inner", seen));
  app.get("/", hello);
  ConnectionDriver driver{app};
  struct Row {
    const char* name;
    std::function<void()> fault;
    int status;
    Lines failures;
  };
  for (const Row& row :
       {Row{"an exception", [] { throw std::runtime_error("broken"); }, 500, {"faulty: broken"}},
        Row{"what is none", [] { throw 7; }, 500, {"faulty: it threw something that is no std::exception"}},
        Row{"an HttpError",
            [] {
              throw HttpError{403, "No."};
            },
            403,
            {}}}) {
    for (const bool before : {true, false}) {
      INFO(row.name << (before ? " in before" : " in after"));
      in_before = before;
      fault = row.fault;
      ConnectionDriver fresh{app};
      const SeenResponse response = ask(fresh, head("GET", "/"));
      CHECK(response.status == row.status);
      CHECK(response.field("X-outer") == std::to_string(row.status));
      CHECK(response.field("X-inner") == std::to_string(row.status));
      CHECK(fresh.failures() == row.failures);
    }
  }
  SECTION("of the head of a stream too: then there is no stream") {
    in_before = false;
    fault = [] { throw std::runtime_error("broken"); };
    driver.hold_requests();
    driver.receive(head("GET", "/"));
    CHECK_FALSE(driver.start_stream(Response::text("")));
    CHECK(read_responses(driver.output()).at(0).status == 500);
  }
}

TEST_CASE("A layer cannot forge a message") {
  App app;
  app.layer({"forger", {}, [](const Request&, Response& response) { response.set_field("X-A", "a\r\nX-B: b"); }});
  app.get("/", hello);
  ConnectionDriver driver{app};
  const SeenResponse response = ask(driver, head("GET", "/"));
  CHECK(response.status == 500);
  CHECK_FALSE(response.field("X-B"));
  CHECK(driver.unsendable() == 1);
}

TEST_CASE("Extras go from a layer to the handler, and not to the next request") {
  struct User {
    std::string name;
  };
  App app;
  app.layer({"user", [](Request& request) -> std::optional<Response> {
               if (const auto name = request.field("X-User")) {
                 request.extras().set(User{std::string{*name}});
                 request.extras().set(7);
                 request.extras().set(8);
               }
               return {};
             }});
  app.get("/", [](const Request& request) {
    const User* user = request.extras().get<User>();
    const int* number = request.extras().get<int>();
    return Response::text((user ? user->name : "nobody") + std::to_string(number ? *number : 0) +
                          (request.extras().get<long>() ? "long" : ""));
  });
  ConnectionDriver driver{app};
  CHECK(ask(driver, head("GET", "/", "X-User: ann\r\n")).body == "ann8");
  CHECK(ask(driver, head("GET", "/")).body == "nobody0");
}

TEST_CASE("One layer around several routes of a path is there once") {
  Lines seen;
  App app;
  auto group = app.group("/a", {.layers = {witness("g", seen)}});
  group.get("/{x}", hello);
  group.put("/{y}", hello);
  ConnectionDriver driver{app};
  CHECK(ask(driver, head("DELETE", "/a/1")).status == 405);
  CHECK(seen == Lines{"g before /a/1", "g after 405"});
}

TEST_CASE("The layers of a group stand around what is not found below its prefix") {
  Lines seen;
  App app;
  app.layer(witness("app", seen));
  auto api = app.group("/api/");
  api.get("known", hello);
  api.layer(witness("api", seen));
  api.layer(witness("late", seen));
  app.group("/api").layer(witness("again", seen));
  auto of_user = api.group("users/{id}");
  of_user.layer(witness("user", seen));
  app.group("").layer(witness("nowhere", seen));
  ConnectionDriver driver{app};
  struct Row {
    const char* path;
    const char* layers;
  };
  const Row rows[] = {
      {"/", "app"},
      {"/other", "app"},
      {"/apiary", "app"},
      {"/api", "app api late again"},
      {"/api/nothing", "app api late again"},
      {"/api/users", "app api late again"},
      {"/api/users/", "app api late again"},
      {"/api/users/7", "app api late user"},
      {"/api/users/7/deep/er", "app api late user"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    seen.clear();
    CHECK(ask(driver, head("GET", row.path)).status == 404);
    std::string names;
    for (const std::string& line : seen)
      if (line.find(" before ") != std::string::npos)
        names += (names.empty() ? "" : " ") + line.substr(0, line.find(' '));
    CHECK(names == row.layers);
  }
}

TEST_CASE("Without layers there is no table") {
  App app;
  app.get("/", hello);
  CHECK(LayerTable::make(app.routes(), app.layers()) == nullptr);
  app.layer({"nothing"});
  CHECK(LayerTable::make(app.routes(), app.layers()) != nullptr);
}

}  // namespace
}  // namespace orrery::http
