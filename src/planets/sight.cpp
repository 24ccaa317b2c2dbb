#include "planets/sight.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "planets/appearance.hpp"
#include "planets/refraction.hpp"

namespace orrery::planets {
namespace {

constexpr double kSunrise = -50.0 / 60;
constexpr double kLowest = 1;         // of what is seen at all
constexpr double kGlare = 12;         // degrees from the Sun: nothing is seen in its light
constexpr double kWellAway = 30;      // the same by day
constexpr double kGlassAllowed = -6;  // glass that points to where the Sun comes up is a danger to the eye

struct Instrument {
  double gain;    // how many magnitudes more it shows under a dark sky than the eye
  double lowest;  // altitude from which on it is of use
};

constexpr std::array<Instrument, kSightNames.size()> kInstruments = {{{0, 0}, {3.7, 2}, {6.7, 10}, {9.2, 15}}};

struct EyeLimit {
  double sun;
  double magnitude;
};

/// The faintest that a good eye sees high up, by the Sun's altitude.
constexpr std::array kEyeLimits = {EyeLimit{kSunrise, -4}, EyeLimit{-3, -2.6}, EyeLimit{-6, -0.8}, EyeLimit{-9, 1.8},
                                   EyeLimit{-12, 3.8},     EyeLimit{-15, 5},   EyeLimit{-18, 5.5}};

double eye_limit(double sun) {
  const auto low = std::ranges::find_if(kEyeLimits, [sun](const EyeLimit& limit) { return limit.sun <= sun; });
  if (low == kEyeLimits.begin()) return low->magnitude;
  if (low == kEyeLimits.end()) return kEyeLimits.back().magnitude;
  const EyeLimit& high = *(low - 1);
  return std::lerp(high.magnitude, low->magnitude, (high.sun - sun) / (high.sun - low->sun));
}

/// What the air takes from a light, in magnitudes more than overhead (Rozenberg's air mass).
double extinction(Degrees altitude) {
  const double height = std::sin(radians(altitude));
  return 0.25 * (1 / (height + 0.025 * std::exp(-11 * height)) - 1);
}

/// What the Moon's light in the sky takes from the faintest: nothing below the horizon, little of a thin crescent.
double moonlight(const SkyLight& sky, Degrees from_moon) {
  if (sky.moon.value <= 0) return 0;
  const double near = std::max(0.0, 1 - from_moon.value / 60);
  return sky.moon_phase * sky.moon_phase * (1.2 + 1.2 * near) * std::min(1.0, sky.moon.value / 20 + 0.2);
}

/// The faintest magnitude for an instrument; less than any where it is of no use.
double faintest(const SkyLight& sky, const LightSource& light, const Instrument& instrument) {
  const bool is_eye = instrument.gain == 0;
  if (!is_eye && (sky.sun.value > kGlassAllowed || light.altitude.value < instrument.lowest))
    return -std::numeric_limits<double>::infinity();
  const double eye = eye_limit(sky.sun.value) - extinction(light.altitude);
  if (sky.sun.value > kGlassAllowed) return eye;
  // The bright sky of the twilight stays bright in glass: its gain grows with the dark.
  const double dark = std::clamp((-sky.sun.value - 4) / 12, 0.4, 1.0);
  return eye + instrument.gain * dark - moonlight(sky, light.from_moon) * (is_eye ? 1 : 0.6);
}

double least_distance(Degrees sun) { return is_day(sun) ? kWellAway : kGlare; }

}  // namespace

bool is_day(Degrees sun_altitude) noexcept { return sun_altitude.value >= kSunrise; }

Visible visible(const SkyLight& sky, const LightSource& light) noexcept {
  if (light.altitude.value <= kLowest || light.from_sun.value < least_distance(sky.sun)) return {};
  for (std::size_t i = 0; i < kInstruments.size(); ++i) {
    const double margin = faintest(sky, light, kInstruments[i]) - light.magnitude;
    if (margin > 0) return {static_cast<Sight>(i), margin};
  }
  return {};
}

bool moon_is_visible(Degrees sun, Degrees altitude, Degrees from_sun) noexcept {
  return altitude.value > 0 && from_sun.value >= least_distance(sun);
}

Sightseer::Sightseer(const Sky& sky, Instant instant, Millibars pressure, Celsius temperature) noexcept
    : sky_(sky), instant_(instant), pressure_(pressure), temperature_(temperature) {
  const Geometry moon = sky.geometry(Body::kMoon);
  to_sun_ = sky.geometry(Body::kSun).from_observer;
  to_moon_ = moon.from_observer;
  light_ = {sky.direction(Body::kSun).altitude, seen(sky.direction(Body::kMoon).altitude),
            appearance(Body::kMoon, moon, instant).illuminated};
}

Degrees Sightseer::seen(Degrees airless) const noexcept {
  return {airless.value + refraction(airless, pressure_, temperature_).value};
}

Look Sightseer::look(Body body) const noexcept {
  const Horizontal direction = sky_.direction(body);
  const Geometry geometry = sky_.geometry(body);
  const Degrees from_sun = degrees(angle_between(geometry.from_observer, to_sun_));
  const Degrees from_moon = degrees(angle_between(geometry.from_observer, to_moon_));
  Look look{direction.azimuth, seen(direction.altitude), from_sun, light_.sun, 0, {}};
  look.magnitude = appearance(body, geometry, instant_).magnitude;
  if (body == Body::kSun) return look;
  if (body != Body::kMoon)
    look.visible = visible(light_, {look.magnitude, look.altitude, from_sun, from_moon});
  else if (moon_is_visible(light_.sun, look.altitude, from_sun))
    look.visible.sight = Sight::kEye;
  return look;
}

}  // namespace orrery::planets
