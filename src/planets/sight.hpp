// Sight: how faint a light the eye and its helpers make out, by twilight, height, the nearness of the Sun and the Moon.
// One model for what people are sent to look at: the field `sight`, and what a night has to show (night.hpp).
//
// Pure; any thread. It never sends anybody to look near the Sun, nor with glass to a sky into which the Sun rises.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "planets/sky.hpp"

namespace orrery::planets {

/// With what a body is seen, the least first.
enum class Sight : std::uint8_t { kEye, kBinoculars, kTelescope, kLargeTelescope, kNone };

/// In the order of Sight; what is not to be seen has none.
inline constexpr std::array<std::string_view, 4> kSightNames = {"eye", "binoculars", "telescope", "large_telescope"};

[[nodiscard]] constexpr std::string_view name_of(Sight sight) noexcept {
  const auto index = static_cast<std::size_t>(sight);
  return index < kSightNames.size() ? kSightNames[index] : std::string_view{};
}

/// The Sun's upper edge is above the horizon: its centre's airless altitude is more than -50'.
[[nodiscard]] bool is_day(Degrees sun_altitude) noexcept;

/// What of a sky decides what is seen in it.
struct SkyLight {
  Degrees sun;            ///< its airless altitude
  Degrees moon;           ///< its altitude
  double moon_phase = 0;  ///< the lit part of its disc
};

/// A light of that sky.
struct LightSource {
  double magnitude;
  Degrees altitude;
  Degrees from_sun;
  Degrees from_moon;
};

struct Visible {
  Sight sight = Sight::kNone;
  double margin = 0;  ///< how many magnitudes fainter it might be
};

[[nodiscard]] Visible visible(const SkyLight& sky, const LightSource& light) noexcept;

/// The Moon is a disc and has rules of its own.
[[nodiscard]] bool moon_is_visible(Degrees sun, Degrees altitude, Degrees from_sun) noexcept;

/// A body at a moment, and how it is seen.
struct Look {
  Degrees azimuth;
  Degrees altitude;  ///< as it is seen
  Degrees from_sun;
  Degrees sun;  ///< the Sun's airless altitude
  double magnitude;
  Visible visible;
};

/// Looks at the bodies of one sky; valid as long as the sky is.
class Sightseer {
 public:
  Sightseer(const Sky& sky, Instant instant, Millibars pressure, Celsius temperature) noexcept;

  [[nodiscard]] Look look(Body body) const noexcept;

 private:
  [[nodiscard]] Degrees seen(Degrees airless) const noexcept;

  const Sky& sky_;
  Instant instant_;
  Millibars pressure_;
  Celsius temperature_;
  Vector to_sun_;
  Vector to_moon_;
  SkyLight light_;
};

}  // namespace orrery::planets
