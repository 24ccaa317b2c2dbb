#include "http/problem.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

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
      {"application/problem+json, */*;q=0.1", "application/json"},
      {"text/html", "text/html; charset=utf-8"},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"},
      {"text/html, application/json", "text/html; charset=utf-8"},
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

}  // namespace
}  // namespace orrery::http
