// Units of the planet service: a number that says what it measures. Plain values, no conversions that happen
// by themselves; the arithmetic inside the reduction uses radians, astronomical units and days throughout.
// Nothing here allocates, throws or depends on the rest of the server.
#pragma once

#include <chrono>
#include <numbers>

namespace orrery::planets {

struct Degrees {
  double value = 0;
  auto operator<=>(const Degrees&) const = default;
};
struct Metres {
  double value = 0;
  auto operator<=>(const Metres&) const = default;
};
struct Millibars {
  double value = 0;
  auto operator<=>(const Millibars&) const = default;
};
struct Celsius {
  double value = 0;
  auto operator<=>(const Celsius&) const = default;
};
struct AstronomicalUnits {
  double value = 0;
  auto operator<=>(const AstronomicalUnits&) const = default;
};
using Seconds = std::chrono::duration<double>;

constexpr double radians(Degrees angle) noexcept { return angle.value * (std::numbers::pi / 180); }
constexpr Degrees degrees(double radians) noexcept { return {radians * (180 / std::numbers::pi)}; }

}  // namespace orrery::planets
