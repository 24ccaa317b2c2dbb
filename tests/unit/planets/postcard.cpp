// The picture for messengers: its size, its pixels at places that are known, what is kept of it, and its answers.
#include "planets/postcard.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <memory>

#include "planets/scene.hpp"
#include "support/json.hpp"
#include "support/planet_service.hpp"
#include "support/png.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using test::PlanetService;
using test::Png;
using test::SeenResponse;

constexpr const char* kEvening = "lon=-0.0005&lat=51.4769&elevation=0&time=2026-11-23T20:00:00Z";
constexpr double kScale = 1.04;
constexpr double kMiddle = 315;

int x_of(double x) { return static_cast<int>(std::lround(kMiddle + kScale * x)); }

/// Where the dome shows what is above the horizon.
std::array<int, 2> place_of(const json& body) {
  const double distance = scene::kRadius * (90 - body["alt"].get<double>()) / 90;
  const double turn = body["az"].get<double>() * std::acos(-1) / 180;
  return {x_of(-distance * std::sin(turn)), x_of(-distance * std::cos(turn))};
}

bool near(const std::array<int, 3>& seen, const Colour& colour, int margin = 12) {
  return std::abs(seen[0] - colour.red) <= margin && std::abs(seen[1] - colour.green) <= margin &&
         std::abs(seen[2] - colour.blue) <= margin;
}

Query asked(Instant instant) {
  return {.observer = {{0}, {51.4769}, {0}}, .instant = instant, .is_now = false, .problems = {}};
}

}  // namespace

TEST_CASE("postcard: bodies, horizon and ground are where they should be", "[planets]") {
  PlanetService service;
  const SeenResponse response = service.ask(std::string{"/sky.png?"} + kEvening);
  CHECK(response.status == 200);
  CHECK(response.field("Content-Type") == "image/png");
  CHECK(response.field("Cache-Control") == "public, max-age=86400");
  CHECK(response.field("Access-Control-Allow-Origin") == "*");
  CHECK_FALSE(response.field("Content-Encoding"));
  const Png picture{response.body};
  CHECK(picture.problem == "");
  CHECK(picture.width == kPostcardWidth);
  CHECK(picture.height == kPostcardHeight);
  const json sky = json::parse(service.ask(std::string{"/planets?"} + kEvening).body);
  int up = 0;
  for (std::size_t i = 0; i < kBodyCount; ++i) {
    const json& body = sky["planets"][i];
    if (body["alt"] < 0) continue;
    const auto [x, y] = place_of(body);
    INFO(body["name"] << " at " << x << ", " << y);
    CHECK(near(picture.at(x, y), scene::kColours[i], 60));
    ++up;
  }
  CHECK(up == 5);
  // On the horizon in the north-east, inside of it a night, outside of the rim the ground.
  const double slant = std::sqrt(0.5) * scene::kRadius;
  int brightest = 0;
  for (int i = -2; i <= 2; ++i) brightest = std::max(brightest, picture.at(x_of(-slant) + i, x_of(-slant) + i)[0]);
  CHECK(brightest > 80);
  CHECK(near(picture.at(x_of(-0.3 * slant), x_of(-0.2 * slant)), {5, 10, 28}));
  CHECK(near(picture.at(3, 3), scene::kGround, 0));
  CHECK(near(picture.at(1190, 620), scene::kGround, 0));
}

TEST_CASE("postcard: by day the dome is bright; the Moon's lit side looks at the Sun", "[planets]") {
  PlanetService service;
  const Png noon{service.ask("/sky.png?lon=0&lat=51&time=2026-06-21T12:00:00Z").body};
  CHECK(noon.at(x_of(-60), x_of(-60))[2] > 150);
  const Query query = asked(utc(2026, 11, 17, 18));  // first quarter: the Moon in the south, the Sun down in the west
  const Scene sky = scene_of(query, EarthRotation{});
  const auto moon = std::ranges::find(sky.bodies, Body::kMoon, &Shown::body);
  REQUIRE(moon->altitude > 10);
  const Png half{postcard(query, EarthRotation{})};
  const double turn = sky.moon_turn * std::acos(-1) / 180;
  const auto beside = [&](double way) {
    return half.at(x_of(moon->at.x + way * 7 * std::cos(turn)), x_of(moon->at.y + way * 7 * std::sin(turn)));
  };
  CHECK(near(beside(1), scene::kMoonLit));
  CHECK(near(beside(-1), scene::kMoonDark));
}

TEST_CASE("postcard: the same query gives the same bytes, another another", "[planets]") {
  const EarthRotation rotation;
  const std::string one = postcard(asked(utc(2026, 11, 23, 20)), rotation);
  CHECK(one == postcard(asked(utc(2026, 11, 23, 20)), rotation));
  CHECK(one != postcard(asked(utc(2026, 11, 23, 21)), rotation));
  for (const Instant edge : {utc(1850, 1, 1), utc(2149, 12, 31, 23, 59, 59)})
    CHECK(Png{postcard(asked(edge), rotation)}.problem == "");
}

TEST_CASE("postcard: the latest are kept, within a bound", "[planets]") {
  App app;
  const EarthRotation rotation;
  const std::size_t size = postcard(asked(utc(2026, 11, 23, 20)), rotation).size();
  const auto postcards = std::make_shared<Postcards>(2 * size + size / 2);
  app.get("/sky.png", [&](const Request& request) { return postcards->answer(request, rotation); });
  const auto ask = [&](const std::string& time) {
    test::ConnectionDriver driver{{}, app.routes()};
    driver.answer_with([&](const Request& request) { return postcards->answer(request, rotation); });
    driver.receive("GET /sky.png?lon=0&lat=51.4769&time=" + time + " HTTP/1.1\r\nHost: a\r\n\r\n");
    return test::read_responses(driver.output(), {"GET"}).front().body;
  };
  const std::string first = ask("2026-11-23T20:00:00Z");
  CHECK(postcards->count() == 1);
  CHECK(postcards->bytes() > first.size());
  CHECK(postcards->bytes() < first.size() + 200);
  CHECK(ask("2026-11-23T20:00:00Z") == first);
  CHECK(postcards->count() == 1);
  ask("2026-11-23T20:01:00Z");
  CHECK(postcards->count() == 2);
  for (const char* time : {"2026-11-23T20:02:00Z", "2026-11-23T20:03:00Z", "2026-11-23T20:04:00Z"}) {
    ask(time);
    CHECK(postcards->count() == 2);
    CHECK(postcards->bytes() <= 2 * size + size / 2);
  }
  CHECK(ask("2026-11-23T20:00:00Z") == first);
}

TEST_CASE("postcard: conditions, one of now, and what is wrong", "[planets]") {
  PlanetService service;
  const SeenResponse then = service.ask(std::string{"/sky.png?"} + kEvening);
  const std::string tag = then.field("ETag").value_or("");
  CHECK(service.ask(std::string{"/sky.png?"} + kEvening, "If-None-Match: " + tag + "\r\n").status == 304);
  const SeenResponse now = service.ask("/sky.png");
  CHECK(now.status == 200);
  CHECK(now.field("Cache-Control") == "public, max-age=60");
  CHECK(service.ask("/sky.png", "If-Match: \"x\"\r\n").status == 412);
  for (const auto& [target, said] :
       {std::pair{"/sky.png?lon=3", "lat is missing"}, std::pair{"/sky.png?fields=az", "fields is not read here"},
        std::pair{"/sky.png?width=3", "did you mean"}, std::pair{"/sky.png?time=x", "time must be"}}) {
    INFO(target);
    const SeenResponse response = service.ask(target);
    CHECK(response.status == 400);
    CHECK(response.body.find(said) != std::string::npos);
  }
}

}  // namespace orrery::planets
