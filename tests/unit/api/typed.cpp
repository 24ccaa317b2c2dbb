// Typed handlers through a whole connection: values of the path, of the request, and answers of other types.
#include "orrery/typed.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "orrery/app.hpp"

#include "http/router.hpp"
#include "support/connection_driver.hpp"

namespace orrery::test {
struct Colour {
  std::string name;
};
struct Pair {
  std::string left, right;
};
}  // namespace orrery::test

template <>
struct orrery::FromText<orrery::test::Colour> {
  static Result<test::Colour> read(std::string_view text) {
    if (text == "red" || text == "blue") return test::Colour{std::string{text}};
    return fail("is neither red nor blue");
  }
};

/// "left,right": enough of a codec to see that it is asked.
template <>
struct orrery::JsonCodec<orrery::test::Pair> {
  static Result<test::Pair> read(std::string_view json) {
    const auto comma = json.find(',');
    if (comma == std::string_view::npos) return fail("there is no comma");
    return test::Pair{std::string{json.substr(0, comma)}, std::string{json.substr(comma + 1)}};
  }
  static void write(const test::Pair& pair, std::string& out) { out += pair.left + "," + pair.right; }
};

namespace orrery::test {
namespace {

using namespace std::string_literals;

SeenResponse ask(const App& app, const std::string& line, const std::string& fields = {},
                 const std::string& body = {}) {
  ConnectionDriver driver{app};
  driver.receive(line + " HTTP/1.1\r\nHost: a\r\n" + fields +
                 (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + body);
  return read_responses(driver.output()).at(0);
}

Response free_function(const Request&, int number) { return Response::text(std::to_string(number)); }

TEST_CASE("typed: a handler takes a value for each name of its pattern, in their order") {
  App app;
  app.get("/number/{n}", [](const Request&, std::int64_t n) { return Response::text(std::to_string(n)); });
  app.get("/two/{a}/{b}",
          [](const Request&, std::string a, std::string_view b) { return Response::text(a.append(b)); });
  app.get("/rest/{rest...}", [](const Request&, const std::string& rest) { return Response::text(rest); });
  app.get("/small/{n}", [](const Request&, std::uint8_t n) { return Response::text(std::to_string(n)); });
  app.get("/real/{x}", [](const Request&, double x) { return Response::text(std::to_string(x)); });
  app.get("/bool/{x}", [](const Request&, bool x) { return Response::text(x ? "yes" : "no"); });
  app.get("/colour/{c}", [](const Request&, Colour c) { return Response::text(c.name); });
  app.get("/free/{n}", free_function);
  app.get("/untyped/{n}", [](const Request& request) { return Response::text(std::string{request.param("n")}); });
  app.get("/mutable/{n}",
          [count = 0](const Request&, int n) mutable { return Response::text(std::to_string(n + count++)); });
  app.get("/noexcept/{n}", [](const Request&, int n) noexcept { return Response::text(std::to_string(n)); });
  app.get("/generic/{n}", [](const auto& request) { return Response::text(std::string{request.param("n")}); });
  struct Row {
    const char* target;
    int status;
    const char* body;
  };
  const Row rows[] = {
      {"/number/-42", 200, "-42"},
      {"/number/9223372036854775807", 200, "9223372036854775807"},
      {"/number/9223372036854775808", 400,
       "The parameter `n` is not a whole number from -9223372036854775808 to 9223372036854775807.\n"},
      {"/number/4x", 400,
       "The parameter `n` is not a whole number from -9223372036854775808 to 9223372036854775807.\n"},
      {"/number/+4", 400,
       "The parameter `n` is not a whole number from -9223372036854775808 to 9223372036854775807.\n"},
      {"/number/%34%32", 200, "42"},
      {"/two/x/y%20z", 200, "xy z"},
      {"/rest/a/b/c", 200, "a/b/c"},
      {"/rest", 200, ""},
      {"/small/255", 200, "255"},
      {"/small/256", 400, "The parameter `n` is not a whole number from 0 to 255.\n"},
      {"/small/-1", 400, "The parameter `n` is not a whole number from 0 to 255.\n"},
      {"/real/1.5e1", 200, "15.000000"},
      {"/real/nan", 400, "The parameter `x` is not a number.\n"},
      {"/real/inf", 400, "The parameter `x` is not a number.\n"},
      {"/real/1e999", 400, "The parameter `x` is not a number.\n"},
      {"/bool/true", 200, "yes"},
      {"/bool/0", 200, "no"},
      {"/bool/yes", 400, "The parameter `x` is neither true nor false.\n"},
      {"/colour/red", 200, "red"},
      {"/colour/green", 400, "The parameter `c` is neither red nor blue.\n"},
      {"/free/7", 200, "7"},
      {"/untyped/7", 200, "7"},
      {"/mutable/7", 200, "7"},
      {"/noexcept/7", 200, "7"},
      {"/generic/7", 200, "7"},
  };
  for (const Row& row : rows) {
    INFO(row.target);
    const SeenResponse response = ask(app, "GET "s + row.target);
    CHECK(response.status == row.status);
    CHECK(response.body == row.body);
  }
}

TEST_CASE("typed: a group has every verb, and its prefix may have names") {
  App app;
  auto group = app.group("/users/{user}");
  const auto say = [](const Request& request, const std::string& user, int task) {
    return Response::text(std::string{request.method()} + " " + user + " " + std::to_string(task));
  };
  group.get("/{task}", say).post("/{task}", say).put("/{task}", say).patch("/{task}", say).del("/{task}", say);
  group.route("OPTIONS", "/{task}", say);
  group.get("", [](const Request&, std::string user) { return Response::text(user); });
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    CHECK(ask(app, method + " /users/ann/7"s).body == method + " ann 7"s);
  CHECK(ask(app, "GET /users/ann").body == "ann");
  CHECK(ask(app, "GET /users/ann/x").body ==
        "The parameter `task` is not a whole number from -2147483648 to 2147483647.\n");
}

TEST_CASE("typed: what is known only when the program runs is checked when it starts") {
  struct Row {
    std::string pattern;
    const char* sentence;
  };
  const Row rows[] = {
      {"/{a}/{b}", "route GET /{a}/{b}: its handler takes 1 value, and the pattern has 2 names"},
      {"/", "route GET /: its handler takes 1 value, and the pattern has 0 names"},
      {"/{a}/{a}", "route /{a}/{a}: the name of `{a}` stands in it before"},
      {"/{a:int}", "route /{a:int}: `{a:int}` has a type; write {name}, and let the handler take a value of that type"},
      {"a", "route a: a pattern begins with /"},
  };
  for (const Row& row : rows) {
    INFO(row.pattern);
    App app;
    app.get(row.pattern, free_function);
    const auto router = http::Router::make(app.routes());
    REQUIRE_FALSE(router);
    CHECK(router.error().message == row.sentence);
  }
  App app;
  const std::string_view view = "/view/{a}";
  const char* const pointer = "/pointer/{a}";
  app.get(view, free_function).get(pointer, free_function).get("/string/{a}"s, free_function);
  for (const char* target : {"/view/1", "/pointer/1", "/string/1"}) CHECK(ask(app, "GET "s + target).body == "1");
}

TEST_CASE("typed: handlers of every older shape") {
  App app;
  const Handler plain = [](const Request&) { return Response::text("plain"); };
  app.get("/plain", plain);
  app.get("/responder", [](Request, Responder) {});
  app.get("/task", [](const Request&) -> Task<Response> { co_return Response::text("task"); });
  app.route("*", "/any", ResponderHandler{[](Request, Responder) {}});
  app.route("GET", "/typed-task/{n}", [](const Request&, int) -> Task<Response> { co_return Response{}; });
  app.route("GET", "/typed-responder/{n}", [](Request, Responder, int) {});
  app.get("/owning-task", [](Request) -> Task<Response> { co_return Response{}; });
  CHECK(ask(app, "GET /plain").body == "plain");
  const auto& routes = app.routes();
  CHECK(routes[1].responder);
  CHECK(routes[2].task);
  CHECK(routes[3].responder);
  CHECK(routes[4].task);
  CHECK(routes[4].values == 1);
  CHECK(routes[5].responder);
  CHECK(routes[5].values == 1);
  CHECK(routes[6].task);
  for (const Route& route : routes) CHECK(!!route.handler + !!route.responder + !!route.task == 1);
}

TEST_CASE("typed: a body as JSON, and answers with a codec") {
  App app;
  app.post("/pairs/{n}", [](const Request&, int n, Json<Pair> pair) -> Result<Pair> {
    if (n == 0) return fail("there is no pair 0");
    return Pair{pair.value.right, pair.value.left + std::to_string(n)};
  });
  app.get("/pair", [](const Request&) { return Pair{"a", "b"}; });
  app.post("/stream", [](const Request&, Json<Pair>) { return Response{}; }, {.stream_body = true});
  CHECK_FALSE(app.routes().back().options.stream_body);
  const std::string json = "Content-Type: application/json\r\n";
  struct Row {
    const char* target;
    std::string fields;
    const char* sent;
    int status;
    const char* body;
  };
  const Row rows[] = {
      {"/pairs/7", json, "a,b", 200, "b,a7"},
      {"/pairs/7", "Content-Type: application/vnd.pair+json; charset=utf-8\r\n", "a,b", 200, "b,a7"},
      {"/pairs/7", "Content-Type: Application/JSON\r\n", "a,b", 200, "b,a7"},
      {"/pairs/7", "", "a,b", 415, "The body must be JSON, and Content-Type must say so: application/json.\n"},
      {"/pairs/7", "Content-Type: text/plain\r\n", "a,b", 415,
       "The body must be JSON, and Content-Type must say so: application/json.\n"},
      {"/pairs/7", "Content-Type: json\r\n", "a,b", 415,
       "The body must be JSON, and Content-Type must say so: application/json.\n"},
      {"/pairs/7", json, "ab", 400, "The body is not what it should be: there is no comma.\n"},
      {"/pairs/7", json, "", 400, "The body is not what it should be: there is no comma.\n"},
      {"/pairs/x", json, "a,b", 400, "The parameter `n` is not a whole number from -2147483648 to 2147483647.\n"},
      {"/pairs/0", json, "a,b", 500, "The server failed to answer this request.\n"},
  };
  for (const Row& row : rows) {
    INFO(row.target << " " << row.fields << row.sent);
    const SeenResponse response = ask(app, "POST "s + row.target, row.fields, row.sent);
    CHECK(response.status == row.status);
    CHECK(response.body == row.body);
  }
  const SeenResponse response = ask(app, "GET /pair");
  CHECK(response.body == "a,b");
  CHECK(response.field("Content-Type") == "application/json");
}

TEST_CASE("typed: values asked of the request") {
  App app;
  app.get("/{n}", [](const Request& request) {
    const auto limit = request.query_as<unsigned>("limit");
    const auto read = request.read_param<int>("n");
    const std::string text = read ? std::to_string(*read) : read.error().message;
    return Response::text(text + " " + (limit ? std::to_string(*limit) : "none") + " " +
                          std::string{request.cookie("c").value_or("no cookie")});
  });
  app.get("/as/{n}", [](const Request& request) { return Response::text(std::to_string(request.param_as<int>("n"))); });
  app.get("/unknown/{n}",
          [](const Request& request) { return Response::text(std::to_string(request.param_as<int>("m"))); });
  CHECK(ask(app, "GET /7?limit=3", "Cookie: a=1\r\nCookie: b=2; c=3\r\n").body == "7 3 3");
  CHECK(ask(app, "GET /x").body ==
        "The parameter `n` is not a whole number from -2147483648 to 2147483647. none no cookie");
  CHECK(ask(app, "GET /7?limit=").body == "The parameter `limit` is not a whole number from 0 to 4294967295.\n");
  CHECK(ask(app, "GET /as/7").body == "7");
  CHECK(ask(app, "GET /as/x").status == 400);
  CHECK(ask(app, "GET /unknown/7").status == 500);
}

}  // namespace
}  // namespace orrery::test
