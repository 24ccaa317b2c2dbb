// The almanac as its clients see it: fields, events, tracks, caching, other origins, and its description.
#include <set>

#include "e2e/classes.hpp"
#include "support/json.hpp"

namespace orrery::test {

namespace {

using nlohmann::json;

const std::string kMoment = "time=2026-11-23T00:00:00Z";
const std::vector<std::string> kFields = {"az",
                                          "alt",
                                          "airless_alt",
                                          "ra",
                                          "dec",
                                          "distance",
                                          "light_time",
                                          "magnitude",
                                          "phase",
                                          "elongation",
                                          "position_angle",
                                          "angular_diameter",
                                          "sight",
                                          "constellation",
                                          "geocentric",
                                          "heliocentric",
                                          "rise",
                                          "transit",
                                          "set"};

std::string all_fields() {
  std::string list;
  for (const std::string& field : kFields) list += (list.empty() ? "" : ",") + field;
  return list;
}

json parsed(const Answer& answer) {
  INFO(answer.head << answer.problem);
  CHECK(answer.field("Content-Type") == "application/json");
  CHECK(answer.field("Access-Control-Allow-Origin") == "*");
  return json::parse(answer.body, nullptr, false);
}

}  // namespace

TEST_CASE("almanac: what the fields say") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};

  SECTION("all of them, of the right kind") {
    const json mars = parsed(wire.ask("GET /planets/mars?" + kMoment + "&fields=" + all_fields()));
    std::set<std::string> expected(kFields.begin(), kFields.end());
    expected.insert({"name", "visibility", "geo_location", "time"});
    std::set<std::string> found;
    for (const auto& [key, value] : mars.items()) found.insert(key);
    CHECK(found == expected);
    CHECK(mars["constellation"] == "Leo");
    CHECK(mars["rise"] == "2026-11-23T22:41:02Z");
    CHECK(mars["transit"] == "2026-11-23T05:58:13Z");
    CHECK(mars["visibility"] == "rises_and_sets");
    CHECK(mars["magnitude"].get<double>() == Approx(0.59).margin(0.05));
    CHECK(mars["phase"].get<double>() == Approx(0.896).margin(0.002));
    CHECK(mars["elongation"].get<double>() > 90);
    CHECK(mars["position_angle"].get<double>() == Approx(110.5).margin(0.5));
    CHECK(mars["sight"] == "eye");
    CHECK(mars["geocentric"].size() == 3);
    CHECK(mars["heliocentric"]["x"].is_number());
    CHECK(mars["light_time"].get<double>() == Approx(mars["distance"].get<double>() * 499.004784));
  }
  SECTION("a position is the same with fields and without") {
    for (const std::string& what : {std::string{"mars"}, std::string{"moon"}, std::string{"sun"}}) {
      const std::string plain = "GET /planets/" + what + "?lon=10&lat=-20&elevation=30&" + kMoment;
      CHECK(wire.ask(plain + "&fields=az,alt").body == wire.ask(plain).body);
      const json all = parsed(wire.ask(plain + "&fields=" + all_fields()));
      const json few = parsed(wire.ask(plain));
      CHECK(all["az"] == few["az"]);
      CHECK(all["alt"] == few["alt"]);
    }
    const std::string sky = "GET /planets?lat=50&lon=8&elevation=100&" + kMoment;
    const json all = parsed(wire.ask(sky + "&fields=" + all_fields()));
    const json few = parsed(wire.ask(sky));
    REQUIRE(all["planets"].size() == 10);
    for (std::size_t i = 0; i < 10; ++i) {
      INFO(all["planets"][i].dump());
      CHECK(all["planets"][i]["name"] == few["planets"][i]["name"]);
      CHECK(all["planets"][i]["az"] == few["planets"][i]["az"]);
      CHECK(all["planets"][i]["alt"] == few["planets"][i]["alt"]);
      CHECK(all["planets"][i]["constellation"].get<std::string>().size() == 3);
    }
  }
  SECTION("a midnight sun neither rises nor sets, and culminates") {
    const json sun = parsed(
        wire.ask("GET /planets/sun?lon=20&lat=80&elevation=0&time=2026-06-21T00:00:00Z&fields=rise,transit,set"));
    CHECK(sun["rise"].is_null());
    CHECK(sun["set"].is_null());
    CHECK(sun["transit"].is_string());
    CHECK(sun["visibility"] == "always_up");
    const json moon = parsed(wire.ask("GET /planets/moon?" + kMoment + "&fields=transit"));
    CHECK_FALSE(moon.contains("visibility"));
  }
}

TEST_CASE("almanac: all that is wrong is said at once") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  struct Row {
    const char* target;
    std::vector<const char*> said;
  };
  for (const Row& row : {
           Row{"/planets/mars?fields=az,size,alt,,x&lon=x", {"`size`", "``", "`x`", "light_time", "lon must"}},
           Row{"/planets?fields=", {"fields", "magnitude"}},
           Row{"/planets/mars/events?days=0&lat=100", {"days is out", "lat is out"}},
           Row{"/planets/mars/events?days=367", {"days is out of range: a whole number from 1 to 366"}},
           Row{"/planets/mars/events?days=1.5", {"days must be a whole number"}},
           Row{"/planets/mars/events?time=1849-12-31T23:59:59Z", {"1850-01-01T00:00:00Z up to 2150"}},
           Row{"/planets/mars/track?from=2150-01-01T00:00:00Z", {"from is out of range: 1850"}},
           Row{"/planets/mars/track?to=1849-01-01T00:00:00Z&step=0.5", {"to is out of range", "step is out"}},
           Row{"/planets/mars/track?from=x&to=y&step=z", {"from must", "to must", "step must"}},
           Row{"/planets/mars/track?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", {"to must not be before"}},
           Row{"/planets/mars/track?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z&step=60", {"100000"}},
           Row{"/planets/stream?interval=0&fields=x", {"interval is out", "`x`"}},
           Row{"/planets/stream?interval=3601", {"interval is out"}},
           Row{"/planets/stream?interval=2.5", {"interval must be whole seconds"}},
           Row{"/planets/stream?time=2026-01-01T00:00:00Z", {"time"}},
       }) {
    INFO(row.target);
    const Answer answer = wire.ask(std::string{"GET "} + row.target);
    CHECK(answer.status == 400);
    CHECK(answer.field("Cache-Control") == "no-store");
    const std::string message = parsed(answer)["error"]["message"];
    INFO(message);
    for (const char* said : row.said) CHECK(message.find(said) != std::string::npos);
  }
  for (const char* target : {"/planets/vulcan/events", "/planets/vulcan/track"}) {
    const Answer answer = wire.ask(std::string{"GET "} + target);
    CHECK(answer.status == 404);
    CHECK(parsed(answer)["error"]["message"].get<std::string>().starts_with("name"));
  }
}

TEST_CASE("almanac: events of the coming days") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const json day = parsed(wire.ask("GET /planets/mars/events?" + kMoment));
  CHECK(day["name"] == "mars");
  CHECK(day["from"] == "2026-11-23T00:00:00.000Z");
  CHECK(day["to"] == "2026-11-24T00:00:00.000Z");
  CHECK(day["visibility"] == "rises_and_sets");
  CHECK(day["geo_location"]["lat"] == 51.4769);
  REQUIRE(day["events"].size() == 3);
  CHECK(day["events"][0]["event"] == "transit");
  CHECK(day["events"][1]["event"] == "set");
  CHECK(day["events"][2]["event"] == "rise");
  for (const json& event : day["events"]) {
    // The place is that of the moment which is named.
    const std::string time = event["time"];
    const json there = parsed(wire.ask("GET /planets/mars?time=" + time));
    CHECK(there["az"] == event["az"]);
    CHECK(there["alt"] == event["alt"]);
  }
  const json year = parsed(wire.ask("GET /planets/sun/events?days=366&" + kMoment));
  CHECK(year["events"].size() == 3 * 366);
  const json polar = parsed(wire.ask("GET /planets/sun/events?days=10&lat=85&lon=0&elevation=0&" + kMoment));
  CHECK(polar["visibility"] == "always_down");
  CHECK(polar["events"].size() == 10);
}

TEST_CASE("almanac: a track is sent in pieces") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  SECTION("a day of it by default") {
    const json track = parsed(wire.ask("GET /planets/venus/track?from=2026-11-23T00:00:00Z&lon=5&lat=6&elevation=7"));
    REQUIRE(track["track"].size() == 145);
    CHECK(track["name"] == "venus");
    CHECK(track["geo_location"] == json{{"lon", 5}, {"lat", 6}, {"elevation", 7}});
    CHECK(track["track"][0]["time"] == "2026-11-23T00:00:00.000Z");
    CHECK(track["track"][144]["time"] == "2026-11-24T00:00:00.000Z");
    for (const std::size_t i : {0UL, 1UL, 77UL, 144UL}) {
      const std::string time = track["track"][i]["time"];
      const json there = parsed(wire.ask("GET /planets/venus?lon=5&lat=6&elevation=7&time=" + time));
      CHECK(there["az"] == track["track"][i]["az"]);
      CHECK(there["alt"] == track["track"][i]["alt"]);
    }
    CHECK(parsed(wire.ask("GET /planets/venus/track"))["track"].size() == 145);
  }
  SECTION("a single point") {
    const std::string from = "GET /planets/moon/track?from=2026-11-23T00:00:00Z&to=2026-11-23T00:00:00Z";
    CHECK(parsed(wire.ask(from))["track"].size() == 1);
  }
  SECTION("as many as there may be") {
    if (kUnderValgrind) return;
    const Answer longest = wire.ask("GET /planets/moon/track?from=2026-11-23T00:00:00Z&to=2026-11-24T03:46:39Z&step=1");
    CHECK(longest.chunked());
    CHECK(parsed(longest)["track"].size() == 100'000);
    CHECK(wire.ask("GET /planets/moon/track?from=2026-11-23T00:00:00Z&to=2026-11-24T03:46:40Z&step=1").status == 400);
  }
}

TEST_CASE("almanac: caches are told the truth") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  SECTION("answers for a time may be kept and are asked for by their tag") {
    for (const std::string& target :
         {"/planets/mars?" + kMoment, "/planets?" + kMoment, "/planets/mars/events?" + kMoment,
          std::string{"/planets/mars/track?from=2026-11-23T00:00:00Z"}}) {
      INFO(target);
      const Answer first = wire.ask("GET " + target);
      REQUIRE(first.status == 200);
      CHECK(first.field("Cache-Control") == "public, max-age=86400");
      REQUIRE(first.field("ETag"));
      const std::string tag = *first.field("ETag");
      CHECK(wire.ask("GET " + target).field("ETag") == tag);
      for (const std::string& known : {tag, "\"x\", " + tag, std::string{"*"}, "W/" + tag.substr(tag.find('"'))}) {
        const Answer again = wire.ask("GET " + target, "If-None-Match: " + known + "\r\n");
        CHECK(again.status == 304);
        CHECK(again.body.empty());
        CHECK(again.field("ETag") == tag);
        CHECK(again.field("Access-Control-Allow-Origin") == "*");
      }
      const Answer other = wire.ask("GET " + target, "If-None-Match: \"0123456789abcdef\"\r\n");
      CHECK(other.status == 200);
      CHECK(other.body == first.body);
    }
  }
  SECTION("another question has another tag") {
    std::set<std::string> tags;
    for (const std::string query : {"&lon=1&lat=1&elevation=1", "&lon=1&lat=1&elevation=2", "&pressure=0", ""})
      tags.insert(wire.ask("GET /planets/sun?time=2026-06-21T12:00:00Z" + query).field("ETag").value_or(""));
    CHECK(tags.size() == 4);
  }
  SECTION("answers about now may not be kept") {
    for (const char* target : {"/planets/mars", "/planets", "/planets/mars/events", "/planets/mars/track",
                               "/planets/vulcan", "/planets/mars?lon=x"}) {
      INFO(target);
      const Answer answer = wire.ask(std::string{"GET "} + target, "If-None-Match: *\r\n");
      CHECK(answer.status != 304);
      CHECK(answer.field("Cache-Control") == "no-store");
      CHECK_FALSE(answer.field("ETag"));
      CHECK(answer.field("Access-Control-Allow-Origin") == "*");
    }
  }
  SECTION("a browser that asks beforehand is let in") {
    for (const char* path :
         {"/planets", "/planets/mars", "/planets/mars/events", "/planets/mars/track", "/planets/stream"}) {
      INFO(path);
      const Answer answer = wire.ask(std::string{"OPTIONS "} + path,
                                     "Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: GET\r\n"
                                     "Access-Control-Request-Headers: if-none-match\r\n");
      CHECK(answer.status == 204);
      CHECK(answer.field("Access-Control-Allow-Origin") == "*");
      CHECK(answer.field("Access-Control-Allow-Methods") == "GET, HEAD");
      CHECK(answer.field("Access-Control-Allow-Headers") == "*");
      CHECK(wire.ask(std::string{"POST "} + path, "Content-Length: 0\r\n").status == 405);
    }
  }
}

TEST_CASE("almanac: an operator's UT1") {
  const std::string moment = "GET /planets/mars?time=2026-11-23T00:00:00Z";
  const auto azimuth = [&](std::vector<std::pair<std::string, std::string>> environment) {
    ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
    server.environment = std::move(environment);
    REQUIRE(server.serve());
    return json::parse(fetch(server.port(), moment).body)["az"].get<double>();
  };
  SECTION("turns the sky") {
    const double table = azimuth({});
    CHECK(azimuth({{"ORRERY_PLANETS_DUT1", "0"}}) == table);
    const double turned = azimuth({{"ORRERY_PLANETS_DUT1", "0.5"}});
    CHECK((turned - table) * 3600 > 4);
    CHECK((turned - table) * 3600 < 8);
  }
  SECTION("that makes no sense keeps the server from starting, with a sentence") {
    ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
    server.environment = {{"ORRERY_PLANETS_DUT1", "half a second"}};
    server.start();
    CHECK(server.wait_for_end().value_or(0) != 0);
    CHECK(server.log().find("ORRERY_PLANETS_DUT1=half a second") != std::string::npos);
  }
  SECTION("from a file that is not there neither") {
    ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
    server.environment = {{"ORRERY_PLANETS_FINALS2000A", "/nowhere/finals2000A.all"}};
    server.start();
    CHECK(server.wait_for_end().value_or(0) != 0);
    CHECK(server.log().find("cannot read /nowhere/finals2000A.all") != std::string::npos);
  }
}

TEST_CASE("almanac: the description of the API is served, and every parameter in it is read") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const json doc = parsed(wire.ask("GET /openapi.json"));
  int asked = 0;
  for (const auto& [path, item] : doc["paths"].items()) {
    std::string target = path;
    if (const auto at = target.find("{name}"); at != std::string::npos) target.replace(at, 6, "mars");
    const json parameters = item["get"].value("parameters", json::array());
    std::string needed;
    for (const json& given : parameters) {
      const json& parameter =
          given.contains("$ref") ? doc.at(json::json_pointer{given["$ref"].get<std::string>().substr(1)}) : given;
      if (parameter["in"] != "query") continue;
      const std::string name = parameter["name"];
      INFO(path << " " << name);
      if (parameter.value("required", false)) {
        needed += name + "=a&";
        CHECK(wire.ask("GET " + target).status == 400);
        continue;
      }
      const Answer answer = wire.ask("GET " + target + "?" + needed + name + "=nonsense");
      CHECK(answer.status == 400);
      CHECK(parsed(answer)["error"]["message"].get<std::string>().find(name) != std::string::npos);
      ++asked;
    }
    if (path != "/planets/stream") CHECK(wire.ask("GET " + target + "?" + needed).status == 200);
  }
  CHECK(asked > 30);
  SECTION("and so is the page, which may load nothing but its style") {
    const Answer page = wire.ask("GET /docs");
    CHECK(page.status == 200);
    CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
    const std::string policy = page.field("Content-Security-Policy").value_or("");
    CHECK(policy.starts_with("default-src 'none'; style-src 'self'"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(page.body.find("href=\"/docs.css\"") != std::string::npos);
    CHECK(wire.ask("GET /docs.css").field("Content-Type") == "text/css; charset=utf-8");
    for (const char* path : {"/docs", "/docs.css", "/openapi.json"}) {
      const Answer first = wire.ask(std::string{"GET "} + path);
      CHECK(first.field("Cache-Control") == "no-cache");
      REQUIRE(first.field("ETag"));
      const std::string known = "If-None-Match: " + *first.field("ETag") + "\r\n";
      CHECK(wire.ask(std::string{"GET "} + path, known).status == 304);
    }
  }
  SECTION("and every address the page gives as an example answers") {
    const std::string page = wire.ask("GET /docs").body;
    int followed = 0;
    for (std::size_t at = 0; (at = page.find("href=\"/planets", at)) != std::string::npos; ++followed) {
      at += 6;
      const std::string target = page.substr(at, page.find('"', at) - at);
      if (target.starts_with("/planets/stream")) continue;
      std::string plain;
      for (std::size_t i = 0; i < target.size(); ++i) {
        plain += target[i];
        if (target.compare(i, 5, "&amp;") == 0) i += 4;
      }
      INFO(plain);
      CHECK(fetch(server.port(), "GET " + plain).status == 200);
    }
    CHECK(followed == 5);
  }
}

}  // namespace orrery::test
