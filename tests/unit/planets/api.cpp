// The whole planet API without a socket: what it answers at the ends of its ranges, and to what is not meant so.
#include "planets/api.hpp"

#include <catch2/catch.hpp>

#include "support/json.hpp"
#include "support/planet_service.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using test::PlanetService;
using test::SeenResponse;

json parsed(const SeenResponse& response) {
  CHECK(response.field("Content-Type") == "application/json");
  const json body = json::parse(response.body, nullptr, false);
  CHECK_FALSE(body.is_discarded());
  return body;
}

std::string message_of(const SeenResponse& response) { return parsed(response)["error"]["message"]; }

bool mentions(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

struct Said {
  const char* name;
  const char* target;
  std::vector<const char*> said;
};

void check_refusals(const std::vector<Said>& rows) {
  PlanetService service;
  for (const Said& row : rows) {
    INFO(row.name << ": " << row.target);
    const SeenResponse response = service.ask(row.target);
    CHECK(response.status == 400);
    const std::string message = message_of(response);
    INFO(message);
    for (const char* said : row.said) CHECK(mentions(message, said));
  }
}

}  // namespace

TEST_CASE("api: a span that leaves the tables is refused, with the last instant that can be asked for", "[planets]") {
  check_refusals({
      {"the Sun up at the end",
       "/planets/sun/events?lon=0&lat=50&elevation=0&time=2149-12-31T00:00:00Z&days=70",
       {"days is out of range", "2149-10-23T00:00:00Z"}},
      {"the longest", "/planets/moon/events?time=2149-12-31T23:59:59Z&days=366", {"days", "2148-12-31T00:00:00Z"}},
      {"one day too many", "/planets/moon/events?time=2149-12-31T00:00:00Z&days=2", {"days", "2149-12-30T00:00:00Z"}},
      {"a nanosecond too late",
       "/planets/moon/events?time=2149-12-31T00:00:00.000000001Z",
       {"days", "2149-12-31T00:00:00Z"}},
      {"a time past the end", "/planets?time=2150-01-01T00:00:00Z", {"time", "2149-12-31T23:59:59.999999Z"}},
      {"a time before the begin", "/planets?time=1849-12-31T23:59:59.999999999Z", {"time", "1850-01-01T00:00:00Z"}},
      {"an offset over the end", "/planets?time=2149-12-31T23:59:59-00:01", {"time is out of range"}},
      {"an offset over the last year", "/planets?time=9999-12-31T23:59:59-23:59", {"time"}},
      {"an offset before the first year", "/planets?time=0001-01-01T00:00:00%2B23:59", {"time"}},
      {"a year 0", "/planets?time=0000-01-01T00:00:00Z", {"time"}},
      {"a track past the end",
       "/planets/sun/track?from=2149-12-31T00:00:00Z&to=2150-01-01T00:00:00Z",
       {"to", "2149-12-31T23:59:59"}},
      {"a track that ends there by itself",
       "/planets/sun/track?from=2149-12-31T00:00:00Z",
       {"to is missing", "2149-12-31T00:00:00Z"}},
      {"a track that begins past it", "/planets/sun/track?from=2150-01-01T00:00:00Z", {"from is out of range"}},
      {"a track before the begin", "/planets/sun/track?from=1849-12-31T00:00:00Z", {"from is out of range"}},
  });
}

TEST_CASE("api: at the ends of all ranges every number is there", "[planets]") {
  const std::string all =
      "&fields=az,alt,airless_alt,ra,dec,distance,light_time,magnitude,phase,elongation,"
      "angular_diameter,constellation,geocentric,heliocentric";
  const char* places[] = {
      "",
      "lon=180&lat=90",
      "lon=-180&lat=-90",
      "lon=180&lat=0&elevation=100000&pressure=2000&temperature=-150",
      "lon=-180&lat=-0&elevation=-12000&pressure=0&temperature=100",
      "lon=0&lat=66.56&elevation=-0",
  };
  const char* times[] = {"1850-01-01T00:00:00Z",           "1850-01-01T00:00:00%2B00:00",
                         "1971-12-31T23:59:59.999999999Z", "2016-12-31T23:59:60.999999999Z",
                         "2149-12-31T23:59:59.999999999Z", "2150-01-01T00:00:59%2B00:01"};
  PlanetService service;
  for (const std::string place : places)
    for (const std::string time : times) {
      const std::string target = "/planets?" + place + "&time=" + time + all;
      INFO(target);
      const SeenResponse response = service.ask(target);
      REQUIRE(response.status == 200);
      const json body = parsed(response);
      REQUIRE(body["planets"].size() == kBodyCount);
      for (const json& one : body["planets"])
        for (const auto& [key, value] : one.items()) {
          INFO(key << " " << value);
          for (const json& number : value.is_object() ? value : json::array({value}))
            CHECK((number.is_number() || number.is_string()));
        }
    }
}

TEST_CASE("api: the events of the last days are whole", "[planets]") {
  PlanetService service;
  for (const Body body : kBodies) {
    const std::string events = "/planets/" + std::string{name_of(body)} + "/events?lon=0&lat=50";
    INFO(events);
    const json last = parsed(service.ask(events + "&time=2149-12-22T00:00:00Z&days=10"));
    CHECK(last["to"] == "2150-01-01T00:00:00.000Z");
    CHECK(last["events"].size() >= 28);
    const std::string end = last["events"].back()["time"];
    CHECK(end > "2149-12-31T00");
    const json first = parsed(service.ask(events + "&time=1850-01-01T00:00:00Z&days=10"));
    CHECK(first["events"].size() >= 28);
  }
  const std::string next = "&time=2149-12-31T23:59:59.999Z&fields=rise,transit,set";
  const json sky = parsed(service.ask("/planets?lon=0&lat=50" + next));
  for (const json& one : sky["planets"]) {
    INFO(one);
    for (const char* event : {"rise", "transit", "set"}) CHECK(one[event].is_string());
  }
}

TEST_CASE("api: a track reaches the last instant and no further", "[planets]") {
  PlanetService service;
  const json day =
      parsed(service.ask("/planets/moon/track?from=2149-12-31T00:00:00Z&to=2149-12-31T23:59:59.999999Z&step=3600"));
  CHECK(day["track"].size() == 24);
  const json all =
      parsed(service.ask("/planets/moon/track?from=1850-01-01T00:00:00Z&to=2149-12-31T23:59:59Z&step=31557600"));
  CHECK(all["track"].size() == 300);
  for (const json& point : all["track"]) CHECK((point["az"].is_number() && point["alt"].is_number()));
  // Whatever the seconds lose by rounding, no track ends a point early.
  const std::string minute = "/planets/sun/track?step=60&from=2026-11-23T00:00:07.008Z&to=2026-11-23T00:01:07.008Z";
  CHECK(parsed(service.ask(minute))["track"].size() == 2);
  for (const char* second : {"00.1", "00.3", "07.123", "59.999999999"}) {
    INFO(second);
    const std::string from = "from=2026-11-23T00:00:" + std::string{second} + "Z";
    const std::string to = "&to=2026-11-24T13:37:" + std::string{second} + "Z&step=60";
    CHECK(parsed(service.ask("/planets/sun/track?" + from + to))["track"].size() == 37 * 60 + 37 + 1);
    CHECK(parsed(service.ask("/planets/sun/track?" + from))["track"].size() == 145);
  }
  const json before = parsed(service.ask("/planets/moon/track?from=2149-12-30T23:59:59.9Z"));
  CHECK(before["track"].size() == 145);
}

TEST_CASE("api: part of a place is refused, and what is missing is named", "[planets]") {
  check_refusals({
      {"only a longitude", "/planets/mars?lon=1", {"lat is missing"}},
      {"only a latitude", "/planets/mars?lat=1", {"lon is missing"}},
      {"no latitude", "/planets/mars?lon=1&elevation=2", {"lat is missing"}},
      {"no longitude", "/planets/mars?lat=1&elevation=2", {"lon is missing"}},
      {"only an elevation", "/planets/mars?elevation=2", {"lon and lat are missing"}},
      {"for all bodies", "/planets?lon=1", {"lat is missing"}},
      {"for events", "/planets/mars/events?lat=1", {"lon is missing"}},
      {"for a track", "/planets/mars/track?lon=1", {"lat is missing"}},
      {"for a stream", "/planets/stream?lat=1", {"lon is missing"}},
      {"and a bad number", "/planets/mars?lon=x", {"lon must be a number", "lat is missing"}},
  });
}

TEST_CASE("api: a place without an elevation is at 0, and nobody's is at Greenwich", "[planets]") {
  PlanetService service;
  for (const std::string route :
       {"/planets/mars", "/planets", "/planets/mars/events", "/planets/mars/track", "/planets/stream"}) {
    INFO(route);
    CHECK(parsed(service.ask(route + "?lon=1&lat=2"))["geo_location"] ==
          json{{"lon", 1}, {"lat", 2}, {"elevation", 0}});
    CHECK(parsed(service.ask(route))["geo_location"] == json{{"lon", -0.0005}, {"lat", 51.4769}, {"elevation", 0}});
  }
}

TEST_CASE("api: a parameter that nobody reads is refused, and the nearest one is named", "[planets]") {
  check_refusals({
      {"a whole word", "/planets/mars?latitude=1", {"latitude: there is no such", "did you mean lat?"}},
      {"another", "/planets/mars?longitude=1", {"longitude: there is no such", "did you mean lon?"}},
      {"another case", "/planets/mars?Lat=1", {"Lat: there is no such", "did you mean lat?"}},
      {"a slip", "/planets/mars?elevatoin=1", {"did you mean elevation?"}},
      {"a slip in a time", "/planets/mars?tiem=1", {"did you mean time?"}},
      {"a beginning", "/planets/mars?temp=1", {"did you mean temperature?"}},
      {"another's word", "/planets/mars?altitude=1", {"did you mean elevation?"}},
      {"nothing like it", "/planets/mars?callback=x", {"callback: there is no such", "Read are lon, lat"}},
      {"no name at all", "/planets/mars?=1", {"``: there is no such"}},
      {"no word", "/planets/mars?a%20b;=1", {"`a b;`: there is no such"}},
      {"all of several", "/planets/mars?x1=1&y1=1", {"x1: there", "y1: there"}},
      {"another route's", "/planets/mars?days=3", {"days is not read here"}},
      {"another route's, for all bodies", "/planets?step=3", {"step is not read here"}},
      {"fields of events", "/planets/mars/events?fields=az", {"fields is not read here"}},
      {"a time of a track", "/planets/mars/track?time=2026-01-01T00:00:00Z", {"time is not read here"}},
      {"a time of a stream", "/planets/stream?time=2026-01-01T00:00:00Z", {"time: a stream is always about now"}},
      {"an interval of events", "/planets/mars/events?interval=3", {"interval is not read here"}},
  });
  CHECK(PlanetService{}.ask("/planets/mars?&lon=1&&lat=2&").status == 200);
}

TEST_CASE("api: a plus sign is part of a number, however it arrives", "[planets]") {
  PlanetService service;
  const json there{{"lon", 2.35}, {"lat", 48.86}, {"elevation", 35}};
  for (const char* query : {"lon=+2.35&lat=+48.86&elevation=+35", "lon=%2B2.35&lat=%2b48.86&elevation=%2B35.0",
                            "lon=2.35&lat=+4886e-2&elevation=35"}) {
    INFO(query);
    CHECK(parsed(service.ask(std::string{"/planets/mars?"} + query))["geo_location"] == there);
  }
  CHECK(parsed(service.ask("/planets/sun/events?days=+2&time=2026-11-23T00:00:00+00:00"))["to"] ==
        "2026-11-25T00:00:00.000Z");
  CHECK(service.ask("/planets/stream?interval=%2B5").status == 200);
  CHECK(parsed(service.ask("/planets/sun/track?step=+43200"))["track"].size() == 3);
  for (const char* bad : {"+", "%2B", "++1", "+-1", "-+1", "1+", "+%201", "+nan", "+inf", "+", "%20"}) {
    INFO(bad);
    CHECK(mentions(message_of(service.ask(std::string{"/planets/mars?lat=1&lon="} + bad)), "lon must be a number"));
  }
}

TEST_CASE("api: what was asked for is named in valid UTF-8", "[planets]") {
  struct Row {
    const char* name;
    const char* target;
    const char* said;
  };
  PlanetService service;
  for (const Row& row : {
           Row{"a letter with dots", "/planets/m%C3%A4rs", "`m\u00e4rs`"},
           Row{"a planet of another script", "/planets/%E7%81%AB%E6%98%9F/events", "`\u706b\u661f`"},
           Row{"a symbol above U+FFFF", "/planets/%F0%9F%AA%90/track", "`\U0001fa90`"},
           Row{"Latin-1", "/planets/m%E4rs", "`m\ufffdrs`"},
           Row{"cut off", "/planets/%F0%9F%AA", "`\ufffd`"},
           Row{"a surrogate", "/planets/%ED%A0%80", "`\ufffd\ufffd\ufffd`"},
           Row{"overlong", "/planets/%C0%AFx", "`\ufffd\ufffdx`"},
           Row{"a field", "/planets/mars?fields=gr%C3%B6%C3%9Fe", "`gr\u00f6\u00dfe`"},
           Row{"a parameter", "/planets/mars?h%C3%B6he=1", "`h\u00f6he`"},
           Row{"a quote and a control", "/planets/%22%01%7F%5C", "`\"\x01\x7f\\`"},
           Row{"cut between characters", "/planets/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%C3%A4%C3%A4",
               "`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u2026`"},
       }) {
    INFO(row.name);
    const std::string message = message_of(service.ask(row.target));
    INFO(message);
    CHECK(mentions(message, row.said));
  }
}

TEST_CASE("api: preconditions are judged wherever an answer has a tag, and where it has none", "[planets]") {
  PlanetService service;
  const char* tagged[] = {"/planets/mars?time=2026-11-23T00:00:00Z",
                          "/planets?time=2026-11-23T00:00:00Z",
                          "/planets/mars/events?time=2026-11-23T00:00:00Z",
                          "/openapi.json",
                          "/docs",
                          "/docs.css",
                          "/"};
  for (const std::string target : tagged) {
    INFO(target);
    const std::string tag = service.ask(target).field("ETag").value();
    const auto status = [&](const std::string& fields, const char* method = "GET") {
      const SeenResponse response = service.ask(target, fields, method);
      if (response.status == 412) CHECK_FALSE(response.field("ETag"));
      return response.status;
    };
    CHECK(status("If-None-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n") == 304);
    CHECK(status("If-None-Match: " + tag + "\r\nif-none-match: \"x\"\r\n", "HEAD") == 304);
    CHECK(status("If-None-Match: \"x\"\r\nIf-None-Match: \"y\"\r\n") == 200);
    CHECK(status("If-Match: " + tag + "\r\n") == 200);
    CHECK(status("If-Match: *\r\n") == 200);
    CHECK(status("If-Match: \"x\"\r\nIf-Match: \"y\", " + tag + "\r\n") == 200);
    CHECK(status("If-Match: \"x\"\r\n") == 412);
    CHECK(status("If-Match: \"x\"\r\n", "HEAD") == 412);
    CHECK(status("If-Match: \r\n") == 412);
    CHECK(status("If-Match: W/" + tag + "\r\n") == 412);
    CHECK(status("If-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n") == 412);
    CHECK(status("If-Match: " + tag + "\r\nIf-None-Match: " + tag + "\r\n") == 304);
    CHECK(status("If-Match: \"x\"\r\n", "OPTIONS") == 204);
    CHECK(status("If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n") == 200);
  }
  const std::string track = "/planets/mars/track?from=2026-11-23T00:00:00Z";
  const std::string weak = service.ask(track).field("ETag").value();
  CHECK(service.ask(track, "If-None-Match: \"x\"\r\nIf-None-Match: " + weak + "\r\n").status == 304);
  CHECK(service.ask(track, "If-Match: *\r\n").status == 200);
  CHECK(service.ask(track, "If-Match: " + weak + "\r\n").status == 412);  // a weak tag never matches strongly
  for (const char* now : {"/planets/mars", "/planets", "/planets/mars/events", "/planets/mars/track", "/favicon.ico"}) {
    INFO(now);
    CHECK(service.ask(now, "If-Match: \"x\"\r\n").status == 412);
    CHECK(service.ask(now, "If-Match: *\r\n").status == 200);
  }
  // Of what is refused anyway nothing is asked.
  CHECK(service.ask("/planets/vulcan", "If-Match: \"x\"\r\n").status == 404);
  CHECK(service.ask("/planets/mars?lon=x", "If-Match: \"x\"\r\n").status == 400);
  CHECK(service.ask("/nowhere", "If-Match: \"x\"\r\n").status == 404);
}

}  // namespace orrery::planets
