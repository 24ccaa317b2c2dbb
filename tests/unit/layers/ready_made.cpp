// The ready-made layers, each through a whole connection.
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "orrery/bearer.hpp"
#include "orrery/cors.hpp"
#include "orrery/security_headers.hpp"
#include "orrery/timing.hpp"

#include "layers/text.hpp"
#include "layers/vary.hpp"
#include "support/connection_driver.hpp"

namespace orrery::test {
namespace {

SeenResponse ask(const App& app, const std::string& line, const std::string& fields = {}, Config config = {}) {
  ConnectionDriver driver{app, std::move(config)};
  driver.receive(line + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  return read_responses(driver.output()).at(0);
}

std::string all_of(const SeenResponse& response, std::string_view wanted) {
  std::string values;
  for (const auto& [name, value] : response.fields)
    if (layers::same_name(name, wanted)) values += (values.empty() ? "" : " | ") + value;
  return values;
}

App application(Layer layer) {
  App app;
  app.layer(std::move(layer));
  app.get("/", [](const Request&) { return Response::text("fine"); });
  app.get("/varies", [](const Request&) { return Response::text("").with_field("Vary", "Accept, ORIGIN"); });
  app.get("/own", [](const Request&) { return Response::text("").with_field("Access-Control-Allow-Origin", "*"); });
  return app;
}

const std::string kPreflight = "Access-Control-Request-Method: PUT\r\n";

TEST_CASE("cors: pages of listed origins may read answers, errors too") {
  const App app = application(cors({.origins = {"https://a.example", "https://b.example"},
                                    .exposed = "ETag",
                                    .credentials = true,
                                    .max_age = std::chrono::seconds{60}}));
  for (const char* line : {"GET /", "GET /nowhere", "DELETE /"}) {
    INFO(line);
    const SeenResponse response = ask(app, line, "Origin: https://b.example\r\n");
    CHECK(response.field("Access-Control-Allow-Origin") == "https://b.example");
    CHECK(response.field("Access-Control-Allow-Credentials") == "true");
    CHECK(response.field("Access-Control-Expose-Headers") == "ETag");
    CHECK(response.field("Vary") == "Origin");
  }
  for (const char* origin :
       {"", "Origin: https://c.example\r\n", "Origin: null\r\n", "Origin: https://A.example\r\n"}) {
    INFO(origin);
    const SeenResponse response = ask(app, "GET /", origin);
    CHECK(response.status == 200);
    CHECK_FALSE(response.field("Access-Control-Allow-Origin"));
    CHECK_FALSE(response.field("Access-Control-Allow-Credentials"));
    CHECK(response.field("Vary") == "Origin");
  }
  CHECK(all_of(ask(app, "GET /varies", "Origin: https://a.example\r\n"), "Vary") == "Accept, ORIGIN");
  CHECK(all_of(ask(app, "GET /own", "Origin: https://a.example\r\n"), "Access-Control-Allow-Origin") == "*");
}

TEST_CASE("cors: preflights are answered for every path") {
  const App app = application(cors({.origins = {"https://a.example"}, .max_age = std::chrono::seconds{60}}));
  for (const char* line : {"OPTIONS /", "OPTIONS /nowhere"}) {
    INFO(line);
    const SeenResponse response = ask(app, line, "Origin: https://a.example\r\n" + kPreflight);
    CHECK(response.status == 204);
    CHECK(response.field("Access-Control-Allow-Origin") == "https://a.example");
    CHECK(response.field("Access-Control-Allow-Methods") == "GET, HEAD, POST, PUT, PATCH, DELETE");
    CHECK(response.field("Access-Control-Allow-Headers") == "Authorization, Content-Type");
    CHECK(response.field("Access-Control-Max-Age") == "60");
    CHECK_FALSE(response.field("Access-Control-Expose-Headers"));
  }
  const SeenResponse other = ask(app, "OPTIONS /", "Origin: https://c.example\r\n" + kPreflight);
  CHECK(other.status == 204);
  CHECK_FALSE(other.field("Access-Control-Allow-Origin"));
  CHECK_FALSE(other.field("Access-Control-Allow-Methods"));
  CHECK(ask(app, "OPTIONS /", "Origin: https://a.example\r\n").field("Allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("cors: any origin, without credentials") {
  const App app = application(cors({.origins = {"*"}}));
  const SeenResponse response = ask(app, "GET /", "Origin: https://c.example\r\n");
  CHECK(response.field("Access-Control-Allow-Origin") == "*");
  CHECK_FALSE(response.field("Vary"));
  CHECK(ask(app, "OPTIONS /", "Origin: null\r\n" + kPreflight).field("Access-Control-Allow-Origin") == "*");
  CHECK_THROWS_AS(cors({.origins = {"*"}, .credentials = true}), std::invalid_argument);
  CHECK_THROWS_AS(cors({.origins = {"*", "https://a.example"}}), std::invalid_argument);
  CHECK_THROWS_AS(cors({}), std::invalid_argument);
}

TEST_CASE("bearer: a token opens, and its user comes to the handler") {
  struct User {
    std::string name;
  };
  App app;
  app.layer(cors({.origins = {"https://a.example"}}));
  app.group("", {.layers = {bearer<User>(
                     [](std::string_view token) -> std::optional<User> {
                       if (same_secret(token, "s3cret")) return User{"ann"};
                       return {};
                     },
                     "notes")}})
      .get("/", [](const Request& request) { return Response::text(request.extras().get<User>()->name); });
  struct Row {
    const char* fields;
    int status;
    const char* challenge;  ///< "" = none
  };
  const Row rows[] = {
      {"Authorization: Bearer s3cret\r\n", 200, ""},
      {"Authorization: bearer   s3cret\r\n", 200, ""},
      {"", 401, "Bearer realm=\"notes\""},
      {"Authorization: Basic s3cret\r\n", 401, "Bearer realm=\"notes\""},
      {"Authorization: Bearer\r\n", 401, "Bearer realm=\"notes\""},
      {"Authorization: Bearer s3cret x\r\n", 401, "Bearer realm=\"notes\""},
      {"Authorization: Bearer other\r\n", 401, "Bearer realm=\"notes\", error=\"invalid_token\""},
  };
  for (const Row& row : rows) {
    INFO(row.fields);
    const SeenResponse response = ask(app, "GET /", std::string{"Origin: https://a.example\r\n"} + row.fields);
    CHECK(response.status == row.status);
    CHECK(response.field("WWW-Authenticate").value_or("") == row.challenge);
    CHECK(response.field("Access-Control-Allow-Origin") == "https://a.example");
    if (row.status == 200) CHECK(response.body == "ann");
  }
  CHECK(ask(app, "OPTIONS /", "Origin: https://a.example\r\n" + kPreflight).status == 204);
}

TEST_CASE("same_secret") {
  CHECK(same_secret("", ""));
  CHECK(same_secret("abc", "abc"));
  for (const char* other : {"", "ab", "abd", "abcd", "ABC"}) CHECK_FALSE(same_secret("abc", other));
  CHECK_FALSE(same_secret(std::string_view{"a\0", 2}, "a"));
}

TEST_CASE("security_headers: on every answer, and never in the place of a handler's own") {
  App app = application(security_headers({.permissions_policy = "camera=()"}));
  app.get("/page", [](const Request&) { return Response::html("").with_field("content-security-policy", "own"); });
  for (const char* line : {"GET /", "GET /nowhere"}) {
    const SeenResponse response = ask(app, line);
    CHECK(response.field("X-Content-Type-Options") == "nosniff");
    CHECK(response.field("X-Frame-Options") == "DENY");
    CHECK(response.field("Referrer-Policy") == "strict-origin-when-cross-origin");
    CHECK(response.field("Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(response.field("Permissions-Policy") == "camera=()");
    CHECK_FALSE(response.field("Strict-Transport-Security"));
  }
  CHECK(all_of(ask(app, "GET /page"), "Content-Security-Policy") == "own");
  Config config;
  config.forwarded_allow_ips = {"*"};
  CHECK(ask(app, "GET /", "X-Forwarded-Proto: https\r\n", config).field("Strict-Transport-Security") ==
        "max-age=31536000");
  const App less = application(security_headers({.x_frame_options = ""}));
  CHECK_FALSE(ask(less, "GET /").field("X-Frame-Options"));
}

TEST_CASE("timing: Server-Timing has the time in milliseconds") {
  const App app = application(timing("notes"));
  for (const char* line : {"GET /", "GET /nowhere"}) {
    const std::string value = ask(app, line).field("Server-Timing").value_or("");
    CHECK_THAT(value, Catch::StartsWith("notes;dur=") && Catch::Contains("."));
  }
  // Refused before any layer was met.
  CHECK_FALSE(ask(app, "GET /", "Expect: more\r\n").field("Server-Timing"));
}

TEST_CASE("vary: what is there stays, and nothing is said twice") {
  Response response = Response::text("");
  layers::add_vary(response, "Origin");
  layers::add_vary(response, "origin");
  layers::add_vary(response, "Accept");
  CHECK(response.fields() == std::vector<Response::FieldPair>{{"Vary", "Origin"}, {"Vary", "Accept"}});
  static const FixedFields kAny{{"Vary", "*"}};
  Response fixed = Response::text("").with_fixed_fields(kAny);
  layers::add_vary(fixed, "Origin");
  CHECK(fixed.fields().empty());
}

}  // namespace
}  // namespace orrery::test
