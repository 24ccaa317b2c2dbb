// The almanac as its clients see it: fields, events, tracks, the live stream, caching and other origins.
#include <nlohmann/json.hpp>
#include <set>

#include "e2e/classes.hpp"

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
                                          "angular_diameter",
                                          "constellation",
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

struct Event {
  std::string name, id, data;
};

/// The events of a stream, one after another.
class EventReader {
 public:
  explicit EventReader(Wire& wire) : wire_(wire) {}

  /// The next event that has a name; an empty one when none came.
  Event next() {
    for (;;) {
      const std::size_t end = text_.find("\n\n");
      if (end == std::string::npos) {
        const std::string more = chunk();
        if (more.empty()) return {};
        text_ += more;
        continue;
      }
      const Event event = parsed_event(text_.substr(0, end + 1));
      text_.erase(0, end + 2);
      if (!event.name.empty()) return event;
    }
  }

 private:
  static std::string line_of(const std::string& block, const std::string& key) {
    const std::size_t at = ("\n" + block).find("\n" + key + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 2;
    return block.substr(begin, block.find('\n', begin) - begin);
  }
  static Event parsed_event(const std::string& block) {
    return {line_of(block, "event"), line_of(block, "id"), line_of(block, "data")};
  }
  /// One chunk of the body; empty for the last, and when none came.
  std::string chunk() {
    std::size_t head = 0;
    while ((head = raw_.find("\r\n")) == std::string::npos)
      if (!fill()) return {};
    const std::size_t size = std::strtoul(raw_.c_str(), nullptr, 16);
    while (raw_.size() < head + 2 + size + 2)
      if (!fill()) return {};
    const std::string body = raw_.substr(head + 2, size);
    raw_.erase(0, head + 2 + size + 2);
    return body;
  }
  bool fill() {
    const std::string more = wire_.read_some(65536);
    raw_ += more;
    return !more.empty();
  }

  Wire& wire_;
  std::string raw_;
  std::string text_;
};

/// Asks for a stream and reads its head.
std::string open_stream(Wire& wire, const std::string& query) {
  wire.send(request("GET /planets/stream" + query));
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const std::string more = wire.read_some(65536);
    if (more.empty()) return head;
    head += more;
  }
  const std::size_t end = head.find("\r\n\r\n") + 4;
  wire.unread(head.substr(end));
  return head.substr(0, end);
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
    const json sun = parsed(wire.ask(
        "GET /planets/sun?lon=20&lat=80&elevation=0&time=2026-06-21T00:00:00Z&fields=rise,transit,set"));
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
           Row{"/planets/mars?fields=az,size,alt,,x&lon=x",
               {"`size`", "``", "`x`", "light_time", "lon must"}},
           Row{"/planets?fields=", {"fields", "magnitude"}},
           Row{"/planets/mars/events?days=0&lat=100", {"days is out", "lat is out"}},
           Row{"/planets/mars/events?days=367", {"days is out of range: a whole number from 1 to 366"}},
           Row{"/planets/mars/events?days=1.5", {"days must be a whole number"}},
           Row{"/planets/mars/events?time=1849-12-31T23:59:59Z", {"1850-01-01T00:00:00Z up to 2150"}},
           Row{"/planets/mars/track?from=2150-01-01T00:00:00Z", {"from is out of range: 1850"}},
           Row{"/planets/mars/track?to=1849-01-01T00:00:00Z&step=0.5", {"to is out of range", "step is out"}},
           Row{"/planets/mars/track?from=x&to=y&step=z", {"from must", "to must", "step must"}},
           Row{"/planets/mars/track?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
               {"to must not be before"}},
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
    const json track =
        parsed(wire.ask("GET /planets/venus/track?from=2026-11-23T00:00:00Z&lon=5&lat=6&elevation=7"));
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
  SECTION("a single point, and as many as there may be") {
    const std::string from = "GET /planets/moon/track?from=2026-11-23T00:00:00Z&to=2026-11-23T00:00:00Z";
    CHECK(parsed(wire.ask(from))["track"].size() == 1);
    const Answer longest =
        wire.ask("GET /planets/moon/track?from=2026-11-23T00:00:00Z&to=2026-11-24T03:46:39Z&step=1");
    CHECK(longest.chunked());
    CHECK(parsed(longest)["track"].size() == 100'000);
    CHECK(
        wire.ask("GET /planets/moon/track?from=2026-11-23T00:00:00Z&to=2026-11-24T03:46:40Z&step=1").status ==
        400);
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
      for (const std::string& known :
           {tag, "\"x\", " + tag, std::string{"*"}, "W/" + tag.substr(tag.find('"'))}) {
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
    for (const std::string query :
         {"&lon=1&lat=1&elevation=1", "&lon=1&lat=1&elevation=2", "&pressure=0", ""})
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
      const Answer answer =
          wire.ask(std::string{"OPTIONS "} + path,
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

TEST_CASE("almanac: the sky as it moves") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", "async"}};
  REQUIRE(server.serve());
  SECTION("at once and every second, as /planets has it") {
    Wire wire{server.port()};
    const std::string head = open_stream(wire, "?interval=1&lon=1&lat=2&elevation=3&fields=az,phase");
    CHECK(head.starts_with("HTTP/1.1 200 "));
    CHECK(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(head.find("Cache-Control: no-store\r\n") != std::string::npos);
    CHECK(head.find("Access-Control-Allow-Origin: *\r\n") != std::string::npos);
    EventReader events{wire};
    std::int64_t last = 0;
    for (int i = 0; i < 4; ++i) {
      const Event event = events.next();
      REQUIRE(event.name == "sky");
      const std::int64_t id = std::stoll(event.id);
      CHECK(id > last);
      last = id;
      const json sky = json::parse(event.data, nullptr, false);
      const std::string time = sky["time"];
      const Answer same =
          fetch(server.port(), "GET /planets?lon=1&lat=2&elevation=3&fields=az,phase&time=" + time);
      CHECK(same.body == event.data + "\n");
    }
  }
  SECTION("a draining worker says so, and the stream ends") {
    Wire wire{server.port()};
    REQUIRE(open_stream(wire, "?interval=3600").starts_with("HTTP/1.1 200 "));
    EventReader events{wire};
    REQUIRE(events.next().name == "sky");
    server.signal(SIGTERM);
    const Event bye = events.next();
    CHECK(bye.name == "draining");
    CHECK(bye.data == "{}");
    CHECK(events.next().name.empty());
    CHECK(server.wait_for_end() == 0);
    CHECK(server.count_lines("[ERROR]") == 0);
  }
  SECTION("viewers who leave, politely or not, take nobody along") {
    for (int i = 0; i < 30; ++i) {
      Wire wire{server.port()};
      REQUIRE(open_stream(wire, "?interval=1").starts_with("HTTP/1.1 200 "));
      if (i % 3 == 0) wire.reset();
      if (i % 3 == 1) wire.half_close();
    }
    Wire wire{server.port()};
    open_stream(wire, "?interval=1");
    EventReader events{wire};
    for (int i = 0; i < 3; ++i) CHECK(events.next().name == "sky");
    CHECK(server.workers().size() == 1);
    CHECK(server.stop() == 0);
    INFO(server.log());
    CHECK(server.count_lines("[ERROR]") == 0);
  }
  SECTION("one who does not read is skipped, the others are served") {
    Wire lazy{server.place(), 4096};
    lazy.send(request("GET /planets/stream?interval=1"));
    Wire wire{server.port()};
    open_stream(wire, "?interval=1");
    EventReader events{wire};
    for (int i = 0; i < 4; ++i) CHECK(events.next().name == "sky");
  }
  SECTION("HEAD has the head only") {
    Wire wire{server.port()};
    wire.send(request("HEAD /planets/stream"));
    const Answer answer = wire.read(kPatience, true);
    CHECK(answer.status == 200);
    CHECK(answer.field("Content-Type") == "text/event-stream");
    CHECK(wire.ask("GET /planets").status == 200);
  }
}

TEST_CASE("almanac: where there are no streams it says what to do") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE("sync", "threads")}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer answer = wire.ask("GET /planets/stream");
  CHECK(answer.status == 501);
  const std::string message = parsed(answer)["error"]["message"];
  CHECK(message.find("worker_class async") != std::string::npos);
  CHECK(message.find("/planets") != std::string::npos);
  CHECK(wire.ask("GET /planets").status == 200);
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

}  // namespace orrery::test
