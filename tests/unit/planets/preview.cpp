// The page for the place and time of a link, before its script runs.
#include "planets/preview.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <set>
#include <string>

#include "support/json.hpp"
#include "support/planet_service.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using test::PlanetService;
using test::SeenResponse;

constexpr const char* kEvening = "lon=144.9631&lat=-37.8136&elevation=31&time=2026-11-23T10:10:00Z";

bool mentions(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

std::string page_for(PlanetService& service, const std::string& query) {
  const SeenResponse response = service.ask("/?" + query);
  CHECK(response.status == 200);
  CHECK(response.field("Content-Type") == "text/html; charset=utf-8");
  CHECK(response.field("Content-Security-Policy"));
  CHECK(response.field("Cache-Control") == "no-cache");
  return response.body;
}

}  // namespace

TEST_CASE("preview: title and description tell the sky of the link", "[planets]") {
  PlanetService service;
  const std::string page = page_for(service, std::string{kEvening} + "&name=Melbourne&view=orrery&body=mars&zone=UTC");
  CHECK(mentions(page, "<title>Melbourne: planets over the horizon</title>"));
  CHECK(mentions(page, "<meta property=\"og:title\" content=\"The sky over Melbourne, 2026-11-23 10:10 UTC\">"));
  CHECK(mentions(page, "<meta property=\"og:description\" content=\"Above the horizon: Moon "));
  CHECK(mentions(page,
                 "<meta property=\"og:image\" content=\"http://localhost/sky.png?lon=144.9631&amp;lat=-37.8136&amp;"
                 "elevation=31&amp;time=2026-11-23T10:10:00.000Z\">"));
  CHECK(mentions(page, "<meta name=\"twitter:card\" content=\"summary_large_image\">"));
  CHECK_FALSE(mentions(page, "<title>Planets over your horizon</title>"));
  CHECK(mentions(page, "<script type=\"module\" src=\"page/"));
}

TEST_CASE("preview: what is kept for one link is for no other", "[planets]") {
  PlanetService service;
  const auto page_of = [&](const std::string& host, const std::string& target, const std::string& coding) {
    const SeenResponse response = service.ask(target, "Accept-Encoding: " + coding + "\r\n", "GET", host);
    CHECK(response.status == 200);
    CHECK(response.field("Content-Encoding").value_or("identity") == coding);
    return response.body;
  };
  std::set<std::string> pages;
  int asked = 0;
  for (const char* host : {"localhost", "sky.example"})
    for (const char* target :
         {"/", "/?lon=1&lat=2&time=2026-11-23T10:10:00Z", "/?lon=1&lat=2&time=2026-11-23T10:10:01Z",
          "/?lon=1&lat=2&time=2026-11-23T10:10:00Z&name=Here", "/?lon=2&lat=1"})
      for (const char* coding : {"identity", "gzip", "br", "zstd"}) {
        INFO(host << target << " " << coding);
        const std::string page = page_of(host, target, coding);
        CHECK(pages.insert(page).second);
        CHECK(page_of(host, target, coding) == page);
        ++asked;
      }
  CHECK(pages.size() == static_cast<std::size_t>(asked));
}

TEST_CASE("preview: without JavaScript there is the table of the API and its picture", "[planets]") {
  PlanetService service;
  const std::string page = page_for(service, kEvening);
  const json sky = json::parse(service.ask(std::string{"/planets?"} + kEvening).body);
  for (const json& body : sky["planets"]) {
    INFO(body["name"]);
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%.2f", body["alt"].get<double>());
    CHECK(mentions(page, std::string{"<td>"} + number.data() + "\u00b0</td>"));
  }
  CHECK(mentions(page, "sky.svg?lon=144.9631&amp;lat=-37.8136&amp;elevation=31&amp;time=2026-11-23T10:10:00.000Z\""));
  CHECK(mentions(page_for(service, "lon=1&lat=2"), "sky.svg?lon=1&amp;lat=2&amp;elevation=0\""));
}

TEST_CASE("preview: what a link says comes into the page as text only", "[planets]") {
  PlanetService service;
  for (const char* name : {"%3Cscript%3Ealert(1)%3C/script%3E", "%22%3E%3Cimg%20src=x%20onerror=y%3E", "a%00b%0Ac",
                           "%FF%FE", "%3C!--/preview--%3E", "%E2%80%AE"}) {
    INFO(name);
    const std::string page = page_for(service, std::string{kEvening} + "&name=" + name);
    CHECK_FALSE(mentions(page, "<script>alert"));
    CHECK_FALSE(mentions(page, "<img src=x"));
    CHECK_FALSE(mentions(page, std::string(1, '\0')));
    CHECK(mentions(page, "&lt;!--") == (std::string{name}.starts_with("%3C!")));
  }
}

TEST_CASE("preview: a link that names nothing, or a wrong place, has the page as it is", "[planets]") {
  PlanetService service;
  const std::string plain = service.ask("/").body;
  for (const char* query :
       {"view=orrery", "lon=500&lat=1", "lon=3", "time=yesterday", "name=Paris", "utm_source=mail"}) {
    INFO(query);
    CHECK(page_for(service, query) == plain);
  }
  CHECK(mentions(plain, "<title>Planets over your horizon</title>"));
  CHECK(mentions(plain, "<meta property=\"og:image\" content=\"http://localhost/sky.png\">"));
  CHECK(mentions(plain, "<meta name=\"twitter:card\" content=\"summary_large_image\">"));
}

TEST_CASE("preview: it has a tag of its own, and is compressed for whoever asks", "[planets]") {
  PlanetService service;
  const std::string target = std::string{"/?"} + kEvening;
  const auto tag = service.ask(target).field("ETag");
  REQUIRE(tag);
  CHECK(*tag != service.ask("/").field("ETag"));
  CHECK(service.ask(target, "If-None-Match: " + *tag + "\r\n").status == 304);
  CHECK(service.ask(target, "Accept-Encoding: gzip, identity;q=0\r\n").field("Content-Encoding") == "gzip");
  CHECK(service.ask(target, "Accept-Encoding: gzip, br\r\n").field("Content-Encoding") == "br");
  CHECK(service.ask(target, "Accept-Encoding: gzip, br\r\n").field("Vary") == "Accept-Encoding");
  CHECK_FALSE(service.ask(target).field("Content-Encoding"));
  CHECK(service.ask(target, "Accept-Encoding: identity;q=0\r\n").status == 406);
}

}  // namespace orrery::planets
