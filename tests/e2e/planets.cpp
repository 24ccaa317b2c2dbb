// The planet service as its clients see it.
#include <set>

#include "e2e/classes.hpp"
#include "support/json.hpp"

namespace orrery::test {

namespace {

using nlohmann::json;

constexpr const char* kOriginal = "GET /planets/mars?lon=145.051&lat=-39.754&elevation=0";

json parsed(const Answer& answer) {
  INFO(answer.head << answer.problem);
  CHECK(answer.field("Content-Type") == "application/json");
  return json::parse(answer.body, nullptr, false);
}

}  // namespace

TEST_CASE("planets: what the service answers") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};

  SECTION("the original application's request") {
    const Answer answer = wire.ask(kOriginal);
    REQUIRE(answer.status == 200);
    json mars = parsed(answer);
    CHECK(mars["name"] == "mars");
    CHECK(mars["az"].get<double>() >= 0);
    CHECK(mars["az"].get<double>() < 360);
    CHECK(std::abs(mars["alt"].get<double>()) <= 90);
    CHECK(mars["geo_location"] == json{{"lon", 145.051}, {"lat", -39.754}, {"elevation", 0}});
    CHECK(mars["time"].get<std::string>().back() == 'Z');
  }

  SECTION("Greenwich where nobody says where") {
    const json greenwich{{"lon", -0.0005}, {"lat", 51.4769}, {"elevation", 0}};
    CHECK(parsed(wire.ask("GET /planets/sun"))["geo_location"] == greenwich);
    CHECK(parsed(wire.ask("GET /planets/sun?lon=1&lat=2"))["geo_location"] ==
          json{{"lon", 1}, {"lat", 2}, {"elevation", 0}});
  }

  SECTION("what lies beyond the tables costs nobody the worker") {
    const auto workers = server.workers();
    for (const char* body : {"sun", "moon", "mars"}) {
      const std::string target =
          "/planets/" + std::string{body} + "/events?lon=0&lat=50&elevation=0&time=2149-12-31T00:00:00Z&days=70";
      const json refused = parsed(wire.ask("GET " + target));
      CHECK(refused["error"]["status"] == 400);
      CHECK(refused["error"]["message"].get<std::string>().find("2149-10-23T00:00:00Z") != std::string::npos);
    }
    CHECK(server.workers() == workers);
    CHECK(server.count_lines("[ERROR]") == 0);
  }

  SECTION("names in any case") {
    for (const char* name : {"mars", "MARS", "Mars", "m%41rs"}) {
      INFO(name);
      CHECK(parsed(wire.ask(std::string{"GET /planets/"} + name))["name"] == "mars");
    }
    for (const char* name : {"sun", "moon", "mercury", "venus", "jupiter", "saturn", "uranus", "neptune", "pluto"}) {
      INFO(name);
      CHECK(parsed(wire.ask(std::string{"GET /planets/"} + name))["name"] == name);
    }
  }

  SECTION("a moment, with and without air") {
    const std::string noon = "GET /planets/sun?time=2026-06-21T12:00:00Z";
    json air = parsed(wire.ask(noon));
    json airless = parsed(wire.ask(noon + "&pressure=0"));
    CHECK(air["time"] == "2026-06-21T12:00:00.000Z");
    CHECK(airless["alt"].get<double>() == Approx(61.95).margin(0.1));
    CHECK(airless["az"].get<double>() == Approx(179).margin(2));
    const double lifted = air["alt"].get<double>() - airless["alt"].get<double>();
    CHECK(lifted > 0.005);  // half a minute of arc at that altitude
    CHECK(lifted < 0.012);
    CHECK(parsed(wire.ask(noon + "&time=1999-01-01T00:00:00Z"))["time"] == air["time"]);
  }

  SECTION("all bodies at once, and the page") {
    json all = parsed(wire.ask("GET /planets?lon=10&lat=20&elevation=30"));
    std::set<std::string> names;
    for (const json& body : all["planets"]) names.insert(body["name"]);
    CHECK(names.size() == 10);
    CHECK(all["geo_location"]["lat"] == 20);
    const Answer page = wire.ask("GET /");
    CHECK(page.status == 200);
    CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.body.find("mars") != std::string::npos);
  }

  SECTION("what is wrong is named") {
    struct Row {
      const char* target;
      int status;
      const char* named;
    };
    for (const Row& row : {
             Row{"/planets/vulcan", 404, "name"},
             Row{"/planets/m%C3%A4rs", 404, "name: there is no `m\u00e4rs`"},
             Row{"/planets/mars?lon=1", 400, "lat is missing"},
             Row{"/planets/mars?lat=1&elevation=2", 400, "lon is missing"},
             Row{"/planets/mars?latitude=1", 400, "latitude"},
             Row{"/planets/mars?days=1", 400, "days"},
             Row{"/planets/mars?lon=x", 400, "lon"},
             Row{"/planets/mars?lon=", 400, "lon"},
             Row{"/planets/mars?lon=1e999", 400, "lon"},
             Row{"/planets/mars?lon=nan", 400, "lon"},
             Row{"/planets/mars?lon=180.1", 400, "lon"},
             Row{"/planets/mars?lat=-90.5", 400, "lat"},
             Row{"/planets/mars?lat=12abc", 400, "lat"},
             Row{"/planets/mars?elevation=1e9", 400, "elevation"},
             Row{"/planets/mars?pressure=-1", 400, "pressure"},
             Row{"/planets/mars?temperature=1000", 400, "temperature"},
             Row{"/planets/mars?time=yesterday", 400, "time"},
             Row{"/planets/mars?time=3000-01-01T00:00:00Z", 400, "time"},
             Row{"/planets/mars?time=2026-02-30T00:00:00Z", 400, "time"},
             Row{"/planets?lat=91", 400, "lat"},
         }) {
      INFO(row.target);
      const Answer answer = wire.ask(std::string{"GET "} + row.target);
      CHECK(answer.status == row.status);
      json body = parsed(answer);
      CHECK(body["error"]["status"] == row.status);
      CHECK(body["error"]["message"].get<std::string>().starts_with(row.named));
    }
    const std::string both = parsed(wire.ask("GET /planets/mars?lon=x&lat=y"))["error"]["message"];
    CHECK(both.find("lon") != std::string::npos);
    CHECK(both.find("lat") != std::string::npos);
  }
}

TEST_CASE("planets: 1000 keep-alive requests over 20 connections, as ab counts them") {
  const char* workers = GENERATE("1", "4");
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", workers, "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 20; ++i) wires.push_back(std::make_unique<Wire>(server.port()));
  // ab speaks HTTP/1.0 with keep-alive.
  const std::string ab = std::string{kOriginal} + " HTTP/1.0\r\nConnection: Keep-Alive\r\nHost: localhost\r\n\r\n";
  std::set<std::size_t> lengths;
  int good = 0;
  for (int round = 0; round < 50; ++round) {
    for (const auto& wire : wires) wire->send(ab);
    for (const auto& wire : wires) {
      const Answer answer = wire->read();
      lengths.insert(answer.body.size());
      good += answer.status == 200 && answer.field("Connection") == "keep-alive" && answer.problem.empty() ? 1 : 0;
    }
  }
  CHECK(good == 1000);
  CHECK(lengths.size() == 1);
}

}  // namespace orrery::test
