// The picture of the sky: a drawing that stands alone, says what it shows, and shows what the API says.
#include "planets/picture.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <regex>

#include "planets/body.hpp"
#include "support/json.hpp"
#include "support/planet_service.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using test::PlanetService;
using test::SeenResponse;

constexpr const char* kEvening = "lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z";

bool mentions(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

int count(const std::string& text, const std::string& word) {
  int found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

/// Every element ends, each within the one that it began in.
bool is_well_formed(const std::string& text) {
  const std::regex tag{"<(/?)([A-Za-z]+)([^<>]*?)(/?)>"};
  std::vector<std::string> open;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), tag); it != std::sregex_iterator(); ++it) {
    const std::smatch& found = *it;
    if (found[4].length() > 0) continue;
    if (found[1].length() == 0) {
      open.push_back(found[2]);
      continue;
    }
    if (open.empty() || open.back() != found[2]) return false;
    open.pop_back();
  }
  return open.empty() && count(text, "\"") % 2 == 0;
}

}  // namespace

TEST_CASE("picture: it stands alone and says what it shows", "[planets]") {
  PlanetService service;
  const SeenResponse response = service.ask(std::string{"/sky.svg?"} + kEvening);
  CHECK(response.status == 200);
  CHECK(response.field("Content-Type") == "image/svg+xml");
  CHECK(response.field("Cache-Control") == "public, max-age=86400");
  CHECK(response.field("Access-Control-Allow-Origin") == "*");
  const std::string& svg = response.body;
  CHECK(is_well_formed(svg));
  CHECK(mentions(svg, "<title id=\"t\">The sky over 37.81\u00b0 S, 144.96\u00b0 E, 2026-11-23 10:10 UTC</title>"));
  for (const char* foreign : {"href", "<script", "style=", "url(http", "@import", "nan", "inf"})
    CHECK_FALSE(mentions(svg, foreign));
  for (const std::string_view name : kBodyNames) {
    std::string title{name};
    title.front() = static_cast<char>(title.front() - 32);
    CHECK(count(svg, ">" + title + "</text>") == 1);
  }
}

TEST_CASE("picture: bodies stand where the API says", "[planets]") {
  PlanetService service;
  for (const char* query : {kEvening, "lon=15.6&lat=78.2&time=2026-06-21T22:00:00Z", "time=1850-01-01T00:00:00Z",
                            "lon=0&lat=-90&time=2149-12-31T23:59:59Z"}) {
    INFO(query);
    const std::string svg = service.ask(std::string{"/sky.svg?"} + query).body;
    CHECK(is_well_formed(svg));
    const json sky = json::parse(service.ask(std::string{"/planets?"} + query).body);
    for (const json& body : sky["planets"]) {
      if (body["alt"] < 0) continue;
      const double distance = 230 * (90 - body["alt"].get<double>()) / 90;
      const double turn = body["az"].get<double>() * std::acos(-1) / 180;
      bool found = false;
      const std::regex moved{"translate\\(([-0-9.]+) ([-0-9.]+)\\)"};
      for (auto it = std::sregex_iterator(svg.begin(), svg.end(), moved); it != std::sregex_iterator(); ++it)
        found = found || (std::abs(std::stod((*it)[1]) + distance * std::sin(turn)) < 0.01 &&
                          std::abs(std::stod((*it)[2]) + distance * std::cos(turn)) < 0.01);
      INFO(body["name"]);
      CHECK(found);
    }
  }
}

TEST_CASE("picture: day and night differ, the same query does not", "[planets]") {
  PlanetService service;
  const auto at = [&](const char* time) { return service.ask(std::string{"/sky.svg?lon=0&lat=51&time="} + time); };
  CHECK(at("2026-11-23T12:00:00Z").body != at("2026-11-23T23:00:00Z").body);
  CHECK(at("2026-11-23T12:00:00Z").body == at("2026-11-23T12:00:00Z").body);
  CHECK(mentions(at("2026-11-23T23:00:00Z").body, "rgb(4,8,23)"));
  const auto tag = at("2026-11-23T12:00:00Z").field("ETag");
  REQUIRE(tag);
  CHECK(service.ask("/sky.svg?lon=0&lat=51&time=2026-11-23T12:00:00Z", "If-None-Match: " + *tag + "\r\n").status ==
        304);
}

TEST_CASE("picture: one of now is kept for a minute; what is wrong is named", "[planets]") {
  PlanetService service;
  CHECK(service.ask("/sky.svg").field("Cache-Control") == "public, max-age=60");
  CHECK(service.ask("/sky.svg", "If-Match: \"x\"\r\n").status == 412);
  for (const auto& [target, said] :
       {std::pair{"/sky.svg?lon=3", "lat is missing"}, std::pair{"/sky.svg?fields=az", "fields is not read here"},
        std::pair{"/sky.svg?width=3", "did you mean"}, std::pair{"/sky.svg?time=x", "time must be"}}) {
    INFO(target);
    const SeenResponse response = service.ask(target);
    CHECK(response.status == 400);
    CHECK(mentions(response.body, said));
  }
}

}  // namespace orrery::planets
