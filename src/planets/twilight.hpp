// Twilight: when the Sun's light comes and goes at a place, and how light it is. Pure; allocates only what it returns.
//
// Sunrise and sunset are those of events.hpp (the centre at -50'); civil, nautical and astronomical twilight end and
// begin where the Sun's centre, without air, is 6, 12 and 18 degrees below the horizon. Where the sky is not known it
// throws std::domain_error, as events.hpp does.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "planets/earth_rotation.hpp"

namespace orrery::planets {

enum class TwilightKind : std::uint8_t {
  kAstronomicalDawn,
  kNauticalDawn,
  kCivilDawn,
  kSunrise,
  kSunset,
  kCivilDusk,
  kNauticalDusk,
  kAstronomicalDusk,
};

/// In the order of TwilightKind.
inline constexpr std::array<std::string_view, 8> kTwilightNames = {
    "astronomical_dawn", "nautical_dawn", "civil_dawn",        "sunrise", "sunset",
    "civil_dusk",        "nautical_dusk", "astronomical_dusk",
};

[[nodiscard]] constexpr std::string_view name_of(TwilightKind kind) noexcept {
  return kTwilightNames[static_cast<std::size_t>(kind)];
}

struct TwilightEvent {
  TwilightKind kind;
  Instant time;
};

/// All in [from, from + span), in order of time.
[[nodiscard]] std::vector<TwilightEvent> twilight_within(const EarthRotation& rotation, const Observer& observer,
                                                         Instant from, Seconds span);

/// How light it is, from the Sun up to the Sun more than 18 degrees below the horizon.
enum class Light : std::uint8_t { kDay, kCivil, kNautical, kAstronomical, kNight };

inline constexpr std::array<std::string_view, 5> kLightNames = {"day", "civil", "nautical", "astronomical", "night"};

[[nodiscard]] constexpr std::string_view name_of(Light light) noexcept {
  return kLightNames[static_cast<std::size_t>(light)];
}

[[nodiscard]] Light light_at(const EarthRotation& rotation, const Observer& observer, Instant instant) noexcept;

}  // namespace orrery::planets
