// Eclipses: which new and full Moons are one, of which kind, and when it is greatest. Pure; allocates only what it
// returns.
//
// Of the Sun: where and when the axis of the Moon's shadow passes nearest to the Earth's centre, by Bessel's cones and
// the Earth's ellipsoid; the Moon's radius is 0.2722810 of the Earth's (the mean of the valleys at its limb), the Sun's
// 959.63" at 1 au. Of the Moon: the Earth's shadow by Danjon's rule, whose air adds a hundredth of the Moon's parallax.
// Both as in Espenak and Meeus, Five Millennium Canons of Solar and Lunar Eclipses, within 0.0015 of magnitude and 5 s.
#pragma once

#include <cstdint>
#include <vector>

#include "planets/geocentre.hpp"

namespace orrery::planets {

enum class EclipseKind : std::uint8_t {
  kPenumbralLunar,
  kPartialLunar,
  kTotalLunar,
  kPartialSolar,
  kAnnularSolar,
  kHybridSolar,  // annular from some places and total from others
  kTotalSolar,
};

// In radii of the Earth's equator.
inline constexpr double kEclipsingMoonRadius = 0.2722810;
inline constexpr double kEclipsedSunRadius = 109.1223;

/// The Moon and the Earth's shadow as they are seen from the Earth's centre, in radians.
struct EarthShadow {
  double off;  ///< from the Moon's centre to the axis
  double moon;
  double umbra;
  double penumbra;
};

[[nodiscard]] EarthShadow earth_shadow(const Geocentre& centre, double seconds);

struct Eclipse {
  EclipseKind kind;
  double greatest;   // seconds since the geocentre's instant
  double magnitude;  // of the Sun's diameter where it is greatest; of the Moon's in the umbra, or in the penumbra alone
};

[[nodiscard]] constexpr bool is_of_moon(EclipseKind kind) noexcept { return kind <= EclipseKind::kTotalLunar; }

/// All that are greatest in [0, span) seconds, in order of time. What lies outside of the table is not found.
[[nodiscard]] std::vector<Eclipse> eclipses_within(const Geocentre& centre, double span);

}  // namespace orrery::planets
