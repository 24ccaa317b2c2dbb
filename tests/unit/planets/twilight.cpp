#include "planets/twilight.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "planets/events.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

const EarthRotation kRotation;
constexpr Seconds kDay{86400};
const Observer kGreenwich{{-0.0005}, {51.4769}, {0}};

std::vector<TwilightKind> kinds(const std::vector<TwilightEvent>& events) {
  std::vector<TwilightKind> kinds;
  for (const TwilightEvent& event : events) kinds.push_back(event.kind);
  return kinds;
}

}  // namespace

TEST_CASE("twilight: a day has its eight borders in order, each at its altitude", "[planets]") {
  const auto events = twilight_within(kRotation, kGreenwich, utc(2026, 11, 23), kDay);
  using enum TwilightKind;
  CHECK(kinds(events) == std::vector{kAstronomicalDawn, kNauticalDawn, kCivilDawn, kSunrise, kSunset, kCivilDusk,
                                     kNauticalDusk, kAstronomicalDusk});
  const double altitudes[] = {-18, -12, -6, -50.0 / 60, -50.0 / 60, -6, -12, -18};
  for (std::size_t i = 0; i < events.size(); ++i) {
    INFO(name_of(events[i].kind));
    const double altitude = kRotation.sky(events[i].time, kGreenwich).direction(Body::kSun).altitude.value;
    CHECK(altitude == Approx(altitudes[i]).margin(1e-4));
  }
}

TEST_CASE("twilight: times of an independent library", "[planets]") {
  // By astronomy-engine 2.1, which shares no code or table with this, to the minute.
  struct Row {
    Observer place;
    Instant begin;
    TwilightKind kind;
    Instant published;
  };
  const Observer new_york{{-74.006}, {40.7128}, {0}};
  for (const Row& row : {Row{kGreenwich, utc(2024, 3, 20), TwilightKind::kSunrise, utc(2024, 3, 20, 6, 2)},
                         Row{kGreenwich, utc(2024, 3, 20), TwilightKind::kSunset, utc(2024, 3, 20, 18, 14)},
                         Row{new_york, utc(2024, 6, 20, 6), TwilightKind::kSunrise, utc(2024, 6, 20, 9, 25)},
                         Row{new_york, utc(2024, 6, 20, 6), TwilightKind::kCivilDawn, utc(2024, 6, 20, 8, 51)},
                         Row{new_york, utc(2024, 6, 20, 6), TwilightKind::kCivilDusk, utc(2024, 6, 21, 1, 4)}}) {
    INFO(name_of(row.kind));
    const auto events = twilight_within(kRotation, row.place, row.begin, kDay);
    const auto found = std::ranges::find(events, row.kind, &TwilightEvent::kind);
    REQUIRE(found != events.end());
    CHECK(std::abs((found->time - row.published).count()) < 75);
  }
}

TEST_CASE("twilight: it agrees with rise and set, and a polar day has none", "[planets]") {
  const auto sun = events_within(Body::kSun, kRotation, kGreenwich, utc(2026, 1, 1), 30 * kDay);
  const auto light = twilight_within(kRotation, kGreenwich, utc(2026, 1, 1), 30 * kDay);
  const auto rises = [](const auto& list, auto kind, auto member) { return std::ranges::count(list, kind, member); };
  CHECK(rises(light, TwilightKind::kSunrise, &TwilightEvent::kind) ==
        rises(sun.events, EventKind::kRise, &SkyEvent::kind));
  const Observer svalbard{{15.6356}, {78.2232}, {10}};
  CHECK(twilight_within(kRotation, svalbard, utc(2026, 6, 20), kDay).empty());
  CHECK(light_at(kRotation, svalbard, utc(2026, 6, 20)) == Light::kDay);
}

TEST_CASE("twilight: how light it is, through an evening", "[planets]") {
  Light last = Light::kDay;
  for (int minutes = 0; minutes < 240; ++minutes) {
    const Light light = light_at(kRotation, kGreenwich, utc(2026, 11, 23, 15).later(Seconds{minutes * 60.0}));
    CHECK(light >= last);
    last = light;
  }
  CHECK(last == Light::kNight);
}

}  // namespace orrery::planets
