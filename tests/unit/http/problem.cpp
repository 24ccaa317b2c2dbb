#include "http/problem.hpp"

#include <catch2/catch.hpp>

#include "support/json.hpp"

namespace orrery::http {
namespace {

TEST_CASE("An error comes in the form its reader wants") {
  struct Row {
    const char* accept;
    const char* media_type;
  };
  const Row rows[] = {
      {"", "text/plain; charset=utf-8"},
      {"*/*", "text/plain; charset=utf-8"},
      {"text/plain", "text/plain; charset=utf-8"},
      {"image/png", "text/plain; charset=utf-8"},
      {"application/json", "application/json"},
      {"application/problem+json, */*;q=0.1", "application/problem+json"},
      {"application/problem+json;q=0.5, application/json", "application/json"},
      {"application/problem+json, application/json", "application/problem+json"},
      {"text/html", "text/html; charset=utf-8"},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"},
      {"text/html, application/json", "text/html; charset=utf-8"},
      {"text/html;q=0", "text/plain; charset=utf-8"},
      {"text/html;q=0.0, */*", "text/plain; charset=utf-8"},
      {"text/html; Q=0.000, application/json;q=0.001", "application/json"},
      {"text/html;q=0.1, application/json;q=0.9", "application/json"},
      {"text/html;level=1;q=0.2 , text/plain;q=0.3", "text/plain; charset=utf-8"},
      {"application/json;q=0, text/plain;q=0, text/html;q=0", "text/plain; charset=utf-8"},
      {"*/*;q=0", "text/plain; charset=utf-8"},
      {"text/plain;q=0, */*", "application/json"},
      {"text/*", "text/plain; charset=utf-8"},
      {"text/*;q=0.1, application/*;q=0.2", "application/json"},
      {"text/*, text/plain;q=0", "text/html; charset=utf-8"},
      {"TEXT/HTML", "text/html; charset=utf-8"},
      {"text/htmlx, not-text/html", "text/plain; charset=utf-8"},
      {"image/png;for=text/html", "text/plain; charset=utf-8"},
      {"text/html;q=none, application/json;q=0.5", "application/json"},
      {"text/html;q=7", "text/plain; charset=utf-8"},
      {"application/vnd.api+json", "application/json"},
      {",, ;q=1, text/html ,", "text/html; charset=utf-8"},
  };
  for (const Row& row : rows) {
    INFO(row.accept);
    const Response response = problem(404, row.accept);
    CHECK(response.status() == 404);
    CHECK(response.media_type() == row.media_type);
    CHECK_FALSE(response.body().empty());
  }
}

TEST_CASE("The sentence of a problem cannot break out of its form") {
  const std::string nasty = "a<b>&\"c\"\n\x01\xff";
  const Response html = problem(400, nasty, "text/html");
  CHECK(html.body().find("<b>") == std::string_view::npos);
  CHECK(html.body().find("a&lt;b&gt;&amp;&quot;c&quot;") != std::string_view::npos);
  CHECK(html.body().find("400 Bad Request") != std::string_view::npos);
  const auto json = nlohmann::json::parse(problem(400, "a \"b\"\n", "application/json").body());
  CHECK(json == nlohmann::json{{"error", {{"status", 400}, {"message", "a \"b\"\n"}}}});
  CHECK(nlohmann::json::parse(problem(400, nasty, "json").body())["error"]["status"] == 400);
  CHECK(problem(400, "plain", "").body() == "plain\n");
}

TEST_CASE("A problem of RFC 9457") {
  const Response response = problem(404, "No \"moon\".", media_type_of(ErrorForm::kProblem));
  CHECK(response.media_type() == "application/problem+json");
  CHECK(nlohmann::json::parse(response.body()) ==
        nlohmann::json{{"type", "about:blank"}, {"title", "Not Found"}, {"status", 404}, {"detail", "No \"moon\"."}});
}

TEST_CASE("The sentence of a problem is valid UTF-8 in every form") {
  const std::string text = "m\xc3\xa4rs m\xe4rs";
  const std::string valid = "m\u00e4rs m\ufffdrs";
  CHECK(problem(404, text, "text/plain").body() == valid + "\n");
  CHECK(problem(404, text, "text/html").body().find("<p>" + valid + "</p>") != std::string_view::npos);
  const auto json = nlohmann::json::parse(problem(404, text, "application/json").body());
  CHECK(json["error"]["message"] == valid);
}

}  // namespace
}  // namespace orrery::http
