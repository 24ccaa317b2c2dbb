// With what lights are seen: the rules that keep eyes safe, and how the limit falls with the light.
#include "planets/sight.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "planets/earth_rotation.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

constexpr SkyLight kDark{{-40}, {-30}, 0};

LightSource high(double magnitude) { return {magnitude, {50}, {100}, {100}}; }

}  // namespace

TEST_CASE("sight: what each sky shows of a light", "[planets]") {
  struct Row {
    const char* name;
    SkyLight sky;
    LightSource light;
    Sight sight;
  };
  using enum Sight;
  for (const Row& row : {
           Row{"Jupiter at midnight", kDark, high(-2.7), kEye},
           Row{"Uranus at midnight", kDark, high(5.8), kBinoculars},
           Row{"Neptune at midnight", kDark, high(7.8), kBinoculars},
           Row{"a moon of Saturn", kDark, high(10.5), kTelescope},
           Row{"Pluto high up", kDark, high(14.2), kLargeTelescope},
           Row{"what is fainter than all", kDark, high(16), kNone},
           Row{"below the horizon", kDark, {-4, {-1}, {100}, {100}}, kNone},
           Row{"on the horizon", kDark, {-4, {0.9}, {100}, {100}}, kNone},
           Row{"Pluto too low for a large telescope", kDark, {13.5, {12}, {100}, {100}}, kNone},
           Row{"Uranus beside a full Moon", {{-40}, {60}, 1}, {5.8, {55}, {170}, {8}}, kBinoculars},
           Row{"a faint star beside a full Moon", {{-40}, {60}, 1}, {4.5, {55}, {170}, {8}}, kBinoculars},
           Row{"the same beside a crescent", {{-40}, {60}, 0.1}, {4.5, {55}, {170}, {8}}, kEye},
           Row{"Venus by day, well away from the Sun", {{40}, {-30}, 0}, {-4.5, {40}, {40}, {90}}, kEye},
           Row{"Venus by day, less well away", {{40}, {-30}, 0}, {-4.9, {40}, {29}, {90}}, kNone},
           Row{"Jupiter by day", {{40}, {-30}, 0}, {-2.7, {40}, {90}, {90}}, kNone},
           Row{"Venus in the glare of a Sun just down", {{-3}, {-30}, 0}, {-4.5, {8}, {11.9}, {90}}, kNone},
           Row{"Venus in the dusk", {{-3}, {-30}, 0}, {-4.5, {20}, {30}, {90}}, kEye},
           Row{"Uranus in civil twilight: no glass", {{-5}, {-30}, 0}, high(5.8), kNone},
           Row{"Mars in civil twilight: no glass", {{-5.9}, {-30}, 0}, high(1.5), kNone},
           Row{"Mars just after it", {{-6.1}, {-30}, 0}, {0.5, {50}, {100}, {100}}, kBinoculars},
       }) {
    INFO(row.name);
    CHECK(std::string{name_of(visible(row.sky, row.light).sight)} == std::string{name_of(row.sight)});
  }
}

TEST_CASE("sight: the limit of the eye falls with the light, and never jumps", "[planets]") {
  const auto limit = [](double sun) {
    const Visible seen = visible({{sun}, {-30}, 0}, {-12, {50}, {100}, {100}});
    CHECK(seen.sight == Sight::kEye);
    return seen.margin;
  };
  double last = limit(10);
  for (double sun = 9.9; sun > -25; sun -= 0.1) {
    INFO(sun);
    CHECK(limit(sun) >= last);
    CHECK(limit(sun) - last < 0.2);
    last = limit(sun);
  }
}

TEST_CASE("sight: the Moon is a disc", "[planets]") {
  CHECK(moon_is_visible({-10}, {5}, {12}));
  CHECK_FALSE(moon_is_visible({-10}, {5}, {11.9}));
  CHECK(moon_is_visible({40}, {5}, {30}));
  CHECK_FALSE(moon_is_visible({40}, {5}, {29.9}));
  CHECK_FALSE(moon_is_visible({-10}, {-0.1}, {90}));
  CHECK(is_day({-0.8}));
  CHECK_FALSE(is_day({-0.9}));
}

TEST_CASE("sight: what a sky shows, body by body", "[planets]") {
  const Instant evening = utc(2026, 11, 23, 20);
  const EarthRotation rotation;
  const Sky sky = rotation.sky(evening, {{-0.0005}, {51.4769}, {0}});
  const Sightseer eyes{sky, evening, {1010}, {15}};
  for (const auto& [body, sight] :
       {std::pair{Body::kSun, Sight::kNone}, std::pair{Body::kMoon, Sight::kEye}, std::pair{Body::kSaturn, Sight::kEye},
        std::pair{Body::kUranus, Sight::kBinoculars}, std::pair{Body::kVenus, Sight::kNone}}) {
    INFO(name_of(body));
    CHECK(eyes.look(body).visible.sight == sight);
  }
  const Look saturn = eyes.look(Body::kSaturn);
  CHECK(saturn.from_sun.value == Approx(sky.elongation(Body::kSaturn).value).margin(1e-6));
  CHECK(saturn.altitude.value > sky.direction(Body::kSaturn).altitude.value);
  CHECK(eyes.look(Body::kSun).from_sun.value == Approx(0).margin(1e-9));
}

}  // namespace orrery::planets
