// What nights have to show: known ones, their ends, and that nobody is sent to look near the Sun; and what /tonight
// says of them, held to what the other routes say.
#include "planets/night.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "planets/rfc3339.hpp"
#include "support/json.hpp"
#include "support/planet_service.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using test::PlanetService;
using test::SeenResponse;

const EarthRotation kRotation;
const Observer kGreenwichPlace{{0}, {51.4769}, {0}};
const Observer kMelbourne{{144.9631}, {-37.8136}, {0}};
const Observer kSvalbard{{15.6356}, {78.2232}, {0}};
const Observer kParis{{2.3522}, {48.8566}, {0}};

Query asked(const Observer& place, Instant instant) {
  return {.observer = place, .instant = instant, .is_now = false, .problems = {}};
}

Night night(const Observer& place, Instant instant) { return night_of(asked(place, instant), kRotation); }

/// "eye", or why it is not seen.
std::string how(const Night& night, Body body) {
  const Show& show = *std::ranges::find(night.shows, body, &Show::body);
  return std::string{show.best ? name_of(show.best->look.visible.sight) : name_of(show.why)};
}

json tonight(PlanetService& service, const std::string& query) {
  const SeenResponse response = service.ask("/tonight?" + query);
  CHECK(response.status == 200);
  return json::parse(response.body);
}

Instant time_of(const json& text) { return parse_rfc3339(text.get<std::string>()).value(); }

}  // namespace

TEST_CASE("night: it is the one around, and after sunrise the next", "[planets]") {
  struct Row {
    const char* name;
    Observer place;
    Instant asked, from;
  };
  const Observer east{{150}, {0}, {0}};
  for (const Row& row : {
           Row{"an evening", kGreenwichPlace, utc(2026, 11, 23, 20), utc(2026, 11, 23, 12)},
           Row{"before sunrise", kGreenwichPlace, utc(2026, 11, 24, 7, 30), utc(2026, 11, 23, 12)},
           Row{"after sunrise", kGreenwichPlace, utc(2026, 11, 24, 7, 35), utc(2026, 11, 24, 12)},
           Row{"an afternoon", kGreenwichPlace, utc(2026, 11, 23, 13), utc(2026, 11, 23, 12)},
           Row{"far in the east", east, utc(2026, 11, 23, 13), utc(2026, 11, 23, 2)},
           Row{"the Sun never up", kSvalbard, utc(2026, 12, 21, 9), utc(2026, 12, 20, 10, 57)},
           Row{"the Sun always up, before midnight", kSvalbard, utc(2026, 6, 21, 22), utc(2026, 6, 21, 10, 57)},
           Row{"the Sun always up, after midnight", kSvalbard, utc(2026, 6, 21, 23), utc(2026, 6, 22, 10, 57)},
           Row{"the first that is known", kGreenwichPlace, utc(1850, 1, 1), utc(1850, 1, 1)},
           Row{"the last that is known", kGreenwichPlace, utc(2149, 12, 31, 23, 59, 59), utc(2149, 12, 31, 12)},
           Row{"after the last morning", {{-180}, {0}, {0}}, utc(2149, 12, 31, 22), utc(2149, 12, 31)},
       }) {
    INFO(row.name);
    const NightSpan span = night_around(asked(row.place, row.asked), kRotation);
    CHECK(span.from == row.from);
    CHECK(in_range(span.from));
    CHECK(in_range(span.to));
    CHECK(span.since <= row.asked);
    CHECK(row.asked <= span.until);
  }
}

TEST_CASE("night: the same one is the answer from its begin up to its end", "[planets]") {
  for (const Observer& place : {kGreenwichPlace, kMelbourne, kSvalbard}) {
    const NightSpan span = night_around(asked(place, utc(2026, 3, 20, 20)), kRotation);
    for (const Instant inside : {span.since, span.from, span.until.later(Seconds{-1})})
      CHECK(night_around(asked(place, inside), kRotation).from == span.from);
    CHECK(night_around(asked(place, span.since.later(Seconds{-1})), kRotation).until == span.since);
    CHECK(night_around(asked(place, span.until), kRotation).since == span.until);
  }
}

TEST_CASE("night: what is known of some", "[planets]") {
  const Night november = night(kGreenwichPlace, utc(2026, 11, 23, 20));
  for (const Body body : {Body::kMoon, Body::kMercury, Body::kVenus, Body::kMars, Body::kJupiter, Body::kSaturn})
    CHECK(how(november, body) == "eye");
  for (const Body body : {Body::kUranus, Body::kNeptune}) CHECK(how(november, body) == "binoculars");
  CHECK(how(november, Body::kPluto) == "too_faint");
  // Low in a bright dawn, three days after its greatest elongation, from the south.
  CHECK(how(night(kMelbourne, utc(2026, 11, 23, 10)), Body::kMercury) != "eye");
  // The night after the eclipse of 12 August 2026; Jupiter was in conjunction on 29 July.
  const Night august = night(kParis, utc(2026, 8, 12, 20));
  CHECK(how(august, Body::kMoon) == "too_near_sun");
  CHECK(how(august, Body::kJupiter) == "too_near_sun");
  CHECK(how(august, Body::kVenus) == "eye");
  REQUIRE(august.eclipses.size() == 1);
  CHECK(august.eclipses[0].eclipse.kind == EclipseKind::kTotalSolar);
  CHECK(night(kMelbourne, utc(2026, 8, 12, 20)).eclipses.empty());
  const Night midsummer = night(kSvalbard, utc(2026, 6, 21, 22));
  for (const Body body : {Body::kMercury, Body::kMars, Body::kJupiter, Body::kSaturn, Body::kUranus, Body::kNeptune})
    CHECK(how(midsummer, body) == "up_only_by_day");
  CHECK(how(midsummer, Body::kPluto) == "not_above_horizon");
  CHECK(midsummer.sun == Visibility::kAlwaysUp);
  CHECK(midsummer.twilight.empty());
}

TEST_CASE("night: nobody is sent near the Sun, nor with glass to a sky that the Sun is in", "[planets]") {
  for (int day = 0; day < 365; day += 23) {
    const Night here = night(kParis, utc(2026, 1, 1, 20).later(Seconds{day * 86400.0}));
    REQUIRE(here.shows.size() == kBodyCount - 1);
    for (const Show& show : here.shows) {
      INFO(day << " " << name_of(show.body));
      if (!show.best) continue;
      const Look& look = show.best->look;
      CHECK(look.from_sun.value >= (is_day(look.sun) ? 30 : 12));
      CHECK(look.altitude.value > 0);
      if (look.visible.sight != Sight::kEye) CHECK(look.sun.value <= -6);
      CHECK(*show.from <= show.best->time);
      CHECK(show.best->time <= *show.to);
    }
    const auto seen = [](const Show& show) { return show.best.has_value(); };
    CHECK(std::ranges::is_partitioned(here.shows, seen));
  }
}

TEST_CASE("tonight: what it says is what the other routes say of the same moments", "[planets]") {
  PlanetService service;
  for (const std::string place : {"lon=0&lat=51.4769", "lon=144.9631&lat=-37.8136&elevation=31",
                                  "lon=15.6356&lat=78.2232&pressure=0", "lon=-78&lat=0&temperature=30"}) {
    INFO(place);
    const json said = tonight(service, place + "&time=2026-03-20T20:00:00Z");
    const std::string from = said["night"]["from"];
    const json twilight = json::parse(
        service.ask("/twilight?" + place.substr(0, place.find("&pressure")) + "&time=" + from).body, nullptr, false);
    if (twilight.contains("twilight")) CHECK(said["twilight"] == twilight["twilight"]);
    for (const json& body : said["bodies"]) {
      INFO(body.dump());
      CHECK(body["sight"].is_null() == body.contains("why"));
      if (body["sight"].is_null()) continue;
      const std::string name = body["name"];
      const std::string target = "/planets/" + name + "?" + place + "&time=" + body["best"]["time"].get<std::string>() +
                                 "&fields=az,alt,magnitude,sight";
      const json there = json::parse(service.ask(target).body);
      CHECK(there["sight"] == body["sight"]);
      CHECK(there["az"].get<double>() == Approx(body["best"]["az"].get<double>()).margin(0.0051));
      CHECK(there["alt"].get<double>() == Approx(body["best"]["alt"].get<double>()).margin(0.0051));
      CHECK(there["magnitude"].get<double>() == Approx(body["magnitude"].get<double>()).margin(0.0051));
      CHECK(time_of(body["from"]) <= time_of(body["best"]["time"]));
    }
    const json sky = json::parse(service.ask("/planets/moon?" + place + "&time=" + from + "&fields=rise,set").body);
    for (const char* event : {"rise", "set"})
      if (said["moon"][event].is_string()) CHECK(said["moon"][event] == sky[event]);
  }
}

TEST_CASE("tonight: an eclipse is named with what the place sees of it", "[planets]") {
  PlanetService service;
  const json said = tonight(service, "lon=-5.85&lat=43.36&time=2026-08-12T12:30:00Z");
  const json eclipses =
      json::parse(service.ask("/eclipses?lon=-5.85&lat=43.36&time=2026-08-12T12:00:00Z&days=1").body)["eclipses"];
  CHECK(said["eclipses"] == eclipses);
  REQUIRE(eclipses.size() == 1);
  CHECK(eclipses[0]["here"]["visible"] == true);
}

TEST_CASE("tonight: caching, conditions, and what is wrong", "[planets]") {
  PlanetService service;
  CHECK(service.ask("/tonight").field("Cache-Control") == "no-store");
  CHECK(service.ask("/tonight", "If-Match: \"x\"\r\n").status == 412);
  const std::string then = "/tonight?lon=0&lat=51&time=2026-11-23T20:00:00Z";
  const SeenResponse response = service.ask(then);
  CHECK(response.field("Cache-Control") == "public, max-age=86400");
  CHECK(response.field("Access-Control-Allow-Origin") == "*");
  CHECK(service.ask(then, "If-None-Match: " + response.field("ETag").value_or("") + "\r\n").status == 304);
  for (const auto& [target, word] :
       {std::pair{"/tonight?lon=3", "lat is missing"}, std::pair{"/tonight?fields=az", "fields is not read here"},
        std::pair{"/tonight?days=2", "days is not read here"},
        std::pair{"/tonight?time=2150-01-01T00:00:00Z", "1850"}}) {
    INFO(target);
    const SeenResponse refused = service.ask(target);
    CHECK(refused.status == 400);
    CHECK(refused.body.find(word) != std::string::npos);
  }
}

}  // namespace orrery::planets
