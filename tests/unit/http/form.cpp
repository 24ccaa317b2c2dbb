// Forms as a body, and cookies as an answer.
#include "orrery/form.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>

#include "orrery/cookie.hpp"
#include "orrery/response.hpp"

#include "support/connection_driver.hpp"

namespace orrery {
namespace {

TEST_CASE("A form is decoded, in its order") {
  struct Row {
    const char* body;
    const char* shown;
  };
  const Row rows[] = {
      {"", ""},
      {"a=1", "[a=1]"},
      {"a=1&b=2&a=3", "[a=1][b=2][a=3]"},
      {"a", "[a=]"},
      {"a=", "[a=]"},
      {"=1", "[=1]"},
      {"&&a=1&", "[a=1]"},
      {"a+b=c+d%20e%2B", "[a b=c d e+]"},
      {"a=x=y", "[a=x=y]"},
      {"a=%zz%4", "[a=%zz%4]"},
      {"m%C3%A4rs=%00", "[m\xc3\xa4rs=?]"},
  };
  for (const Row& row : rows) {
    INFO(row.body);
    std::string shown;
    const auto form = Form::parse(row.body);
    for (const auto& [name, value] : form->all())
      shown += "[" + name + "=" + (value == std::string(1, '\0') ? "?" : value) + "]";
    CHECK(shown == row.shown);
  }
  const auto form = Form::parse("a=1&b=&a=2");
  CHECK(form->get("a") == "1");
  CHECK(form->get("b") == "");
  CHECK_FALSE(form->get("c"));
}

TEST_CASE("A form has a bound") {
  CHECK(Form::parse("a=1&b=2", 2));
  const auto refused = Form::parse("a=1&b=2&c=3", 2);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "The form has more than 2 fields.");
}

TEST_CASE("A handler takes a form") {
  App app;
  app.post("/",
           [](const Request&, const Form& form) { return Response::text(std::string{form.get("a").value_or("-")}); });
  const auto ask = [&](const std::string& type, const std::string& body) {
    test::ConnectionDriver driver{app};
    driver.receive("POST / HTTP/1.1\r\nHost: a\r\n" + type + "Content-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body);
    return test::read_responses(driver.output()).at(0);
  };
  const std::string type = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
  CHECK(ask(type, "a=mars").body == "mars");
  CHECK(ask(type, "b=mars").body == "-");
  CHECK(ask("", "a=mars").status == 415);
  CHECK(ask("Content-Type: application/json\r\n", "a=mars").body ==
        "The body must be a form: application/x-www-form-urlencoded.\n");
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "a&";
  CHECK(ask(type, many).body == "The form has more than 1000 fields.\n");
}

TEST_CASE("A cookie says what it is for") {
  const auto text_of = [](const Cookie& cookie) { return cookie.text(); };
  CHECK(text_of({.name = "a", .value = "1"}) == "a=1; Path=/; Secure; HttpOnly; SameSite=Lax");
  CHECK(text_of({.name = "a",
                 .value = "",
                 .path = "/x",
                 .domain = "a.example",
                 .max_age = std::chrono::seconds{0},
                 .secure = false,
                 .http_only = false,
                 .same_site = Cookie::SameSite::kStrict}) ==
        "a=; Path=/x; Domain=a.example; Max-Age=0; SameSite=Strict");
  CHECK(Response::text("").with_cookie({.name = "a", .value = "1"}).fields().size() == 1);
  const Cookie wrong[] = {{.name = "", .value = ""},
                          {.name = "a b", .value = ""},
                          {.name = "a", .value = "x;y"},
                          {.name = "a", .value = "x\r\ny"},
                          {.name = "a", .value = "", .path = "/;x"},
                          {.name = "a", .value = "", .domain = "a\n"},
                          {.name = "a", .value = "", .secure = false, .same_site = Cookie::SameSite::kNone}};
  for (const Cookie& cookie : wrong) CHECK_THROWS_AS(cookie.text(), std::invalid_argument);
}

}  // namespace
}  // namespace orrery
