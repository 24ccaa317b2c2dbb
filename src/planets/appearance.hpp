// What a body looks like from where one stands: how bright, how much of it lit, how large. Pure closed forms of the
// triangle Sun, body, observer; total and thread-safe.
//
// Magnitudes: Mallama & Hilton 2018 (Astronomy and Computing 25, 10) for the planets, with Saturn's rings and Uranus'
// latitude, without the spots that turn with Mars; the Moon by Allen's phase law (Astrophysical Quantities, 1976), its
// thin crescent by Samaha, Asaad & Mikhail 1969 (Bull. Helwan Obs. 84); the Sun -26.76 at 1 au (Willmer 2018); Pluto
// V(1,0) = -1.00. All as seen above the air. Diameters: equatorial radii of the IAU working group (Archinal et al.
// 2018), the Sun's of IAU 2015 resolution B3.
#pragma once

#include "planets/body.hpp"
#include "planets/sky.hpp"

namespace orrery::planets {

struct Appearance {
  double magnitude;     // visual (V)
  double illuminated;   // fraction of the disc, 0 to 1; 1 for the Sun
  Degrees phase_angle;  // Sun - body - observer, 0 (full) to 180 (new)
  double diameter;      // arc seconds, of the equator
};

[[nodiscard]] Appearance appearance(Body body, const Geometry& geometry, Instant instant) noexcept;

// The direction in which `to` is seen from `from`, clockwise from north as a map of the sky has it, through east: 0 up
// to 360 degrees.
[[nodiscard]] Degrees position_angle(const SkyPosition& from, const SkyPosition& to) noexcept;

// The equatorial radius.
[[nodiscard]] Metres radius_of(Body body) noexcept;

}  // namespace orrery::planets
