#include "planets/twilight.hpp"

#include <algorithm>

#include "planets/events.hpp"

namespace orrery::planets {
namespace {

struct Border {
  Degrees altitude;  // of the Sun's centre, without air
  TwilightKind up;
  TwilightKind down;
};

/// From light to dark: beyond each begins the next Light.
constexpr std::array kBorders = {
    Border{{-50.0 / 60}, TwilightKind::kSunrise, TwilightKind::kSunset},
    Border{{-6}, TwilightKind::kCivilDawn, TwilightKind::kCivilDusk},
    Border{{-12}, TwilightKind::kNauticalDawn, TwilightKind::kNauticalDusk},
    Border{{-18}, TwilightKind::kAstronomicalDawn, TwilightKind::kAstronomicalDusk},
};

}  // namespace

std::vector<TwilightEvent> twilight_within(const EarthRotation& rotation, const Observer& observer, Instant from,
                                           Seconds span) {
  std::vector<TwilightEvent> all;
  for (const Border& border : kBorders)
    for (const SkyEvent& crossing : crossings_within(Body::kSun, rotation, observer, from, span, border.altitude))
      all.push_back({crossing.kind == EventKind::kRise ? border.up : border.down, crossing.time});
  std::ranges::sort(all, {}, &TwilightEvent::time);
  return all;
}

Light light_at(const EarthRotation& rotation, const Observer& observer, Instant instant) noexcept {
  const Degrees altitude = rotation.sky(instant, observer).direction(Body::kSun).altitude;
  const auto passed = std::ranges::count_if(kBorders, [&](const Border& border) { return altitude < border.altitude; });
  return static_cast<Light>(passed);
}

}  // namespace orrery::planets
