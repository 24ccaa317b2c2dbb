// The members of an answer one by one, for one place and instant; unit/planets/api holds whole answers to the API's
// description.
#include "planets/answer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "planets/events.hpp"
#include "planets/refraction.hpp"

namespace orrery::planets {
namespace {

const EarthRotation kRotation;

/// Half a millisecond past a second of 2026.
Query example() {
  return {.observer = {{10.5}, {-20.25}, {300}},
          .instant = Instant::from_unix(Instant::UnixTime{std::chrono::nanoseconds{1'795'305'600'000'500'000}}),
          .is_now = false,
          .problems = {}};
}

std::string written(const std::function<void(JsonText&)>& put) {
  JsonText json{16};
  put(json);
  return json.take();
}

/// The number behind the first `"key":`.
double number_of(std::string_view key, const std::string& json) {
  const std::string quoted = '"' + std::string{key} + "\":";
  const std::size_t at = json.find(quoted);
  REQUIRE(at != std::string::npos);
  return std::strtod(json.c_str() + at + quoted.size(), nullptr);
}

/// The members in their order, each once.
void check_order(const std::string& json, const std::vector<std::string>& keys) {
  std::size_t at = 0;
  for (const std::string& key : keys) {
    INFO(key << " in " << json);
    at = json.find('"' + key + "\":", at);
    REQUIRE(at != std::string::npos);
    ++at;
  }
}

}  // namespace

TEST_CASE("answer: a place as it was given", "[planets]") {
  CHECK(written([](JsonText& json) {
          put_place(json, {{10.5}, {-20.25}, {300}});
        }) == R"(,"geo_location":{"lon":10.5,"lat":-20.25,"elevation":300})");
}

TEST_CASE("answer: an instant as exactly as it is known, and what was computed to the second", "[planets]") {
  const Instant instant = example().instant;
  CHECK(written([&](JsonText& json) { put_time(json, instant); }) == "2026-11-22T00:00:00.000500Z");
  CHECK(written([&](JsonText& json) { put_second(json, instant); }) == R"("2026-11-22T00:00:00Z")");
}

TEST_CASE("answer: a direction through the air of the query, alike as members and as cells", "[planets]") {
  Query query = example();
  query.pressure = GENERATE(Millibars{0}, Millibars{1010}, Millibars{2000});
  const Sky sky = kRotation.sky(query.instant, query.observer);
  for (const Body body : kBodies) {
    INFO(name_of(body));
    const Horizontal airless = sky.direction(body);
    const std::string members = written([&](JsonText& json) { put_direction(json, query, sky, body); });
    CHECK(number_of("az", members) == Approx(airless.azimuth.value).epsilon(0).margin(1e-9));
    const double lifted = refraction(airless.altitude, query.pressure, query.temperature).value;
    CHECK(number_of("alt", members) == Approx(airless.altitude.value + lifted).epsilon(0).margin(1e-9));
    const std::string cells = written([&](JsonText& row) { put_direction_cells(row, query, sky, body); });
    CHECK(members ==
          R"(,"az":)" + cells.substr(1, cells.rfind(',') - 1) + R"(,"alt":)" + cells.substr(cells.rfind(',') + 1));
  }
}

TEST_CASE("answer: a body by its name, with its place and time, and the fields that were asked for", "[planets]") {
  Query query = example();
  SECTION("those that all get") {
    const std::string json = body_json(query, kRotation, Body::kMars);
    const std::string direction = written(
        [&](JsonText& text) { put_direction(text, query, kRotation.sky(query.instant, query.observer), Body::kMars); });
    CHECK(json == R"({"name":"mars")" + direction + R"(,"geo_location":{"lon":10.5,"lat":-20.25,"elevation":300})" +
                      R"(,"time":"2026-11-22T00:00:00.000500Z"})" + "\n");
  }
  SECTION("others, in the order of their list and not as they were asked for") {
    query.fields = {Field::kSet, Field::kDistance, Field::kAzimuth};
    const std::string json = body_json(query, kRotation, Body::kMars);
    check_order(json, {"name", "az", "distance", "set", "visibility", "geo_location", "time"});
    CHECK(json.find("\"alt\"") == std::string::npos);
  }
  SECTION("what the body has not is null") {
    query.fields = {Field::kPositionAngle};
    CHECK(body_json(query, kRotation, Body::kSun).starts_with(R"({"name":"sun","position_angle":null,)"));
  }
  SECTION("whether it is up at all is told with its rise and set alone") {
    query.fields = {Field::kTransit};
    CHECK(body_json(query, kRotation, Body::kMars).find("visibility") == std::string::npos);
  }
}

TEST_CASE("answer: what is asked of now has one length for a body and a place, whatever the moment", "[planets]") {
  Query query = example();
  query.is_now = true;
  const std::size_t length = body_json(query, kRotation, Body::kMoon).size();
  for (int hour = 1; hour < 48; ++hour) {
    query.instant = example().instant.later(Seconds{hour * 3600.0});
    CHECK(body_json(query, kRotation, Body::kMoon).size() == length);
  }
}

TEST_CASE("answer: the whole sky has all bodies in their order, and each as it is alone", "[planets]") {
  const Query query = example();
  const std::string json = sky_json(query, kRotation);
  CHECK(json.starts_with(R"({"planets":[{"name":"sun",)"));
  CHECK(json.ends_with(R"(],"geo_location":{"lon":10.5,"lat":-20.25,"elevation":300},)"
                       R"("time":"2026-11-22T00:00:00.000500Z"})"));
  std::size_t at = 0;
  for (const Body body : kBodies) {
    const std::string alone = body_json(query, kRotation, body);
    const std::string members = alone.substr(0, alone.find(R"(,"geo_location")")) + "}";
    at = json.find(members, at);
    INFO(members);
    REQUIRE(at != std::string::npos);
  }
}

TEST_CASE("answer: events with where the body is then, and the days that were looked at", "[planets]") {
  const EventsQuery query{.query = example(), .days = 2};
  const std::string json = events_json(query, kRotation, Body::kSun);
  CHECK(json.starts_with(R"({"name":"sun","events":[{"event":")"));
  check_order(json, {"name", "events", "event", "time", "az", "alt", "visibility", "geo_location", "from", "to"});
  CHECK(json.find(R"("visibility":"rises_and_sets")") != std::string::npos);
  CHECK(json.ends_with(R"("from":"2026-11-22T00:00:00.000500Z","to":"2026-11-24T00:00:00.000500Z"})"
                       "\n"));
  const EventList list =
      events_within(Body::kSun, kRotation, query.query.observer, query.query.instant, Seconds{2 * 86400.0});
  std::size_t at = 0;
  for (const SkyEvent& event : list.events) {
    const std::string time = written([&](JsonText& text) { put_second(text, event.time); });
    at = json.find(R"({"event":")" + std::string{name_of(event.kind)} + R"(","time":)" + time, at);
    INFO(time);
    REQUIRE(at != std::string::npos);
  }
}

TEST_CASE("answer: where a body neither rises nor sets there are no such events", "[planets]") {
  EventsQuery query{.query = example(), .days = 1};
  query.query.observer = {{0}, {80}, {0}};
  const std::string json = events_json(query, kRotation, Body::kSun);
  CHECK(json.find("\"rise\"") == std::string::npos);
  CHECK(json.find("\"set\"") == std::string::npos);
  CHECK(json.find(R"("visibility":"always_down")") != std::string::npos);
}

TEST_CASE("answer: a refusal has its status and sentence, and quotes nothing that ends its text", "[planets]") {
  const Response response = refusal(404, "there is no \"moon\n\"");
  CHECK(response.status() == 404);
  CHECK(response.media_type() == "application/json");
  CHECK(response.body() == R"({"error":{"status":404,"message":"there is no \"moon\u000a\""}})"
                           "\n");
  const Response all = refusal(std::vector<std::string>{"lon is out of range", "lat is missing"});
  CHECK(all.status() == 400);
  CHECK(all.body() == R"({"error":{"status":400,"message":"lon is out of range; lat is missing"}})"
                      "\n");
}

TEST_CASE("answer: a key is the same for what looks alike, and differs with the place, the instant and the air",
          "[planets]") {
  const std::string key = key_of(example());
  Query same = example();
  same.fields = {Field::kDistance};
  same.is_now = true;
  CHECK(key_of(same) == key);
  const auto changed = [](const std::function<void(Query&)>& change) {
    Query query = example();
    change(query);
    return key_of(query);
  };
  std::vector<std::string> keys{
      key,
      changed([](Query& query) { query.observer.longitude.value = 10.25; }),
      changed([](Query& query) { query.observer.latitude.value = 20.25; }),
      changed([](Query& query) { query.observer.elevation.value = 300.5; }),
      changed([](Query& query) { query.pressure.value = 0; }),
      changed([](Query& query) { query.temperature.value = 0; }),
      changed([](Query& query) { query.instant = query.instant.later(Seconds{0.001}); }),
      // Digits that would be another number's, were they not apart.
      changed([](Query& query) {
        query.observer = {{1}, {0.5}, {300}};
      }),
      changed([](Query& query) {
        query.observer = {{10}, {.5}, {300}};
      }),
  };
  std::sort(keys.begin(), keys.end());
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
}

}  // namespace orrery::planets
