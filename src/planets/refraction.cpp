#include "planets/refraction.hpp"

#include <algorithm>
#include <cmath>

namespace orrery::planets {
namespace {

constexpr double kFadeBegin = -1;
constexpr double kFadeEnd = -2;

// Arcminutes at 1010 mbar and 10 C.
double saemundsson(double altitude) noexcept {
  // Straight overhead the formula goes 0.002' below nothing.
  return std::max(0.0, 1.02 / std::tan(radians({altitude + 10.3 / (altitude + 5.11)})));
}

double fade(double altitude) noexcept { return std::clamp((altitude - kFadeEnd) / (kFadeBegin - kFadeEnd), 0.0, 1.0); }

double density(Millibars pressure, Celsius temperature) noexcept {
  return pressure.value / 1010 * (283 / (273 + temperature.value));
}

bool is_air(Millibars pressure, Celsius temperature) noexcept {
  return pressure.value > 0 && temperature.value > -273 && std::isfinite(density(pressure, temperature));
}

}  // namespace

Degrees refraction(Degrees airless_altitude, Millibars pressure, Celsius temperature) noexcept {
  const double altitude = airless_altitude.value;
  if (!is_air(pressure, temperature) || !(altitude > kFadeEnd && altitude <= 90)) return {0};
  const double arcminutes = saemundsson(std::max(altitude, kFadeBegin)) * fade(altitude);
  return {arcminutes * density(pressure, temperature) / 60};
}

}  // namespace orrery::planets
