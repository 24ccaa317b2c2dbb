// The answers of /events, /events.ics and /twilight without a socket.
#include "planets/almanac.hpp"

#include <catch2/catch.hpp>

#include "support/json.hpp"
#include "support/planet_service.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using test::PlanetService;
using test::SeenResponse;

constexpr const char* kJson = "application/json";
constexpr const char* kCalendar = "text/calendar; charset=utf-8";

bool mentions(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

}  // namespace

TEST_CASE("almanac: what bodies do together, with their angles", "[planets]") {
  PlanetService service;
  const SeenResponse response = service.ask("/events?time=2020-12-15T00:00:00Z&days=10");
  CHECK(response.status == 200);
  CHECK(response.field("Content-Type") == kJson);
  CHECK(response.field("Access-Control-Allow-Origin") == "*");
  CHECK(response.field("Cache-Control") == "public, max-age=86400");
  CHECK(response.field("Vary") == "Accept");
  const json body = json::parse(response.body);
  CHECK(body["from"] == "2020-12-15T00:00:00.000Z");
  CHECK(body["to"] == "2020-12-25T00:00:00.000Z");
  bool great = false;
  for (const json& event : body["events"]) {
    if (event["bodies"] != json{"jupiter", "saturn"}) continue;
    great = true;
    CHECK(event["event"] == "conjunction");
    CHECK(event["separation"].get<double>() == Approx(0.1).margin(0.02));
  }
  CHECK(great);
}

TEST_CASE("almanac: with a place, an eclipse has what that place sees of it", "[planets]") {
  PlanetService service;
  const json without = json::parse(service.ask("/events?time=2026-08-01T00:00:00Z").body);
  CHECK_FALSE(without.contains("geo_location"));
  const std::string target = "?lon=-5.85&lat=43.36&time=2026-08-01T00:00:00Z&days=30";
  const json with = json::parse(service.ask("/events" + target).body);
  CHECK(with["geo_location"]["lat"] == 43.36);
  const json eclipses = json::parse(service.ask("/eclipses" + target).body)["eclipses"];
  REQUIRE(with["events"].size() == without["events"].size());
  std::size_t seen = 0;
  for (const json& event : with["events"]) {
    const bool eclipsed = mentions(event["event"].get<std::string>(), "_eclipse");
    CHECK(event.contains("here") == eclipsed);
    if (!eclipsed) continue;
    REQUIRE(seen < eclipses.size());
    CHECK(event["here"] == eclipses[seen++]["here"]);
  }
  CHECK(seen == 2);
}

TEST_CASE("almanac: a calendar where it is asked for", "[planets]") {
  struct Row {
    const char* target;
    const char* accept;
    const char* type;
  };
  PlanetService service;
  for (const Row& row :
       {Row{"/events?time=2026-01-01T00:00:00Z", "", kJson}, Row{"/events?time=2026-01-01T00:00:00Z", "*/*", kJson},
        Row{"/events?time=2026-01-01T00:00:00Z", "text/calendar", kCalendar},
        Row{"/events?time=2026-01-01T00:00:00Z", "Text/Calendar ; q=0.5, */*;q=0.1", kCalendar},
        Row{"/events?time=2026-01-01T00:00:00Z", "text/calendar;q=0, */*", kJson},
        Row{"/events?time=2026-01-01T00:00:00Z", "text/calendar, application/json", kJson},
        Row{"/events.ics?time=2026-01-01T00:00:00Z", "application/json", kCalendar},
        Row{"/events.ics", "", kCalendar}}) {
    INFO(row.target << " " << row.accept);
    const std::string field = *row.accept ? "Accept: " + std::string{row.accept} + "\r\n" : "";
    const SeenResponse response = service.ask(row.target, field);
    CHECK(response.status == 200);
    CHECK(response.field("Content-Type") == row.type);
    CHECK(mentions(response.body, row.type == kCalendar ? "BEGIN:VEVENT" : "\"events\":["));
  }
}

TEST_CASE("almanac: a client that takes neither form is told which there are", "[planets]") {
  PlanetService service;
  for (const char* accept : {"text/html", "text/calendar;q=0", "application/json;q=0, text/calendar;q=0"}) {
    INFO(accept);
    const SeenResponse response = service.ask("/events", std::string{"Accept: "} + accept + "\r\n");
    CHECK(response.status == 406);
    CHECK(response.field("Vary") == "Accept");
    CHECK(mentions(response.body, "application/json, text/calendar"));
  }
}

TEST_CASE("almanac: what is wrong is named, as JSON that any origin may read", "[planets]") {
  struct Row {
    const char* target;
    std::vector<const char*> said;
  };
  PlanetService service;
  for (const Row& row :
       {Row{"/events?days=0", {"days"}}, Row{"/events?days=367", {"days", "1 to 366"}},
        Row{"/events?day=3", {"day:", "did you mean days"}}, Row{"/events?lon=3", {"lat is missing"}},
        Row{"/events?pressure=3", {"pressure is not read here"}},
        Row{"/events.ics?lon=3&lat=3", {"lon is not read here", "lat is not read here"}},
        Row{"/events?time=now", {"time must be"}}, Row{"/events.ics?days=1.5", {"days"}},
        Row{"/events?time=2149-12-31T00:00:00Z", {"days is out of range"}}, Row{"/twilight?lon=3", {"lat is missing"}},
        Row{"/twilight?pressure=0", {"pressure is not read here"}}, Row{"/twilight?days=x", {"days must be"}},
        Row{"/twilight?lon=500&lat=1", {"lon is out of range"}}, Row{"/eclipses?lat=3", {"lon is missing"}},
        Row{"/eclipses?fields=az", {"fields is not read here"}},
        Row{"/eclipses?time=2149-06-01T00:00:00Z", {"days is out of range", "days=366"}}}) {
    INFO(row.target);
    const SeenResponse response = service.ask(row.target);
    CHECK(response.status == 400);
    CHECK(response.field("Content-Type") == kJson);
    CHECK(response.field("Access-Control-Allow-Origin") == "*");
    CHECK_FALSE(response.field("Content-Disposition"));
    for (const char* said : row.said) CHECK(mentions(response.body, said));
  }
}

TEST_CASE("almanac: the light of a day, and how light it is", "[planets]") {
  PlanetService service;
  const json day = json::parse(service.ask("/twilight?lon=0&lat=51.5&time=2026-11-23T12:00:00Z").body);
  CHECK(day["light"] == "day");
  CHECK(day["twilight"].size() == 8);
  CHECK(day["twilight"][0]["event"] == "sunset");
  CHECK(day["geo_location"]["lat"] == 51.5);
  CHECK(day["to"] == "2026-11-24T12:00:00.000Z");
  const json pole = json::parse(service.ask("/twilight?lon=0&lat=90&time=2026-12-21T00:00:00Z&days=30").body);
  CHECK(pole["twilight"].empty());
  CHECK(pole["light"] == "night");
}

TEST_CASE("almanac: what a place sees of a year's eclipses", "[planets]") {
  PlanetService service;
  const std::string target = "/eclipses?lon=-5.85&lat=43.36&elevation=230&time=2026-01-01T00:00:00Z";
  const json body = json::parse(service.ask(target).body);
  REQUIRE(body["eclipses"].size() == 4);
  const json& total = body["eclipses"][2];
  CHECK(total["eclipse"] == "total_solar_eclipse");
  CHECK(total["here"]["visible"] == true);
  CHECK(total["here"]["obscuration"] == 1);
  REQUIRE(total["here"]["phases"].size() == 5);
  CHECK(total["here"]["phases"][1]["phase"] == "total_begins");
  // The annular one of February is Antarctica's.
  CHECK(body["eclipses"][0]["here"]["visible"] == false);
  CHECK(body["eclipses"][0]["here"]["phases"].empty());
  CHECK_FALSE(body["eclipses"][1]["here"].contains("obscuration"));
}

TEST_CASE("almanac: an answer that a client has is not sent again", "[planets]") {
  PlanetService service;
  for (const char* target : {"/events?time=2026-01-01T00:00:00Z", "/events.ics?time=2026-01-01T00:00:00Z",
                             "/twilight?time=2026-01-01T00:00:00Z", "/eclipses?time=2026-01-01T00:00:00Z"}) {
    INFO(target);
    const auto tag = service.ask(target).field("ETag");
    REQUIRE(tag);
    CHECK(service.ask(target, "If-None-Match: " + *tag + "\r\n").status == 304);
    CHECK(service.ask(target, "If-Match: \"other\"\r\n").status == 412);
  }
  CHECK(service.ask("/events").field("Cache-Control") == "no-store");
}

}  // namespace orrery::planets
