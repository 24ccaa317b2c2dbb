// The sky of one observer at one instant: ask it for each body. Making it costs what depends on time and
// place only (the Earth's and Sun's motion, the pole, the Earth's turn), so ten bodies share that; a body
// then costs well under a microsecond. A value: no allocation, lock, cache or system call; safe from any
// thread. An instant outside the table, or an observer for whom !is_place, gives positions
// whose every field is not a number. Accuracy: 0.001" against a rigorous IERS 2010 reduction of DE431 with
// the same UT1. Left out: polar motion (up to 0.5", it needs IERS observations), light bent by planets other
// than the Sun, refraction (refraction.hpp).
#pragma once

#include <optional>

#include "planets/body.hpp"
#include "planets/ephemeris.hpp"
#include "planets/instant.hpp"
#include "planets/observer.hpp"
#include "planets/time_scales.hpp"
#include "planets/units.hpp"

namespace orrery::planets {

// Apparent and topocentric, as all that follows: light time, the Sun's bending of light, aberration and parallax are
// in; air is not.
struct Horizontal {
  Degrees azimuth;   // [0, 360), from north through east
  Degrees altitude;  // airless, [-90, 90]
};

struct SkyPosition : Horizontal {
  Degrees right_ascension;     // [0, 360), true equator and equinox of date
  Degrees declination;         // [-90, 90]
  AstronomicalUnits distance;  // from the observer to where the light left
  Seconds light_time;
};

// The triangle Sun, body, observer, in the ICRS and au: the body as it was when the light left it.
struct Geometry {
  Vector from_observer;
  Vector from_sun;  // nothing for the Sun
};

// Where a body is at the instant itself, as if light took no time: in the ICRS and au, from centre to centre.
struct TruePosition {
  Vector from_earth;
  Vector from_sun;  // nothing for the Sun
};

// What does not depend on the body.
struct Moment {
  TablePlace place;
  Vector sun;  // barycentric, as the three that follow
  State moon;
  Vector observer;   // au
  Vector velocity;   // the observer's, in units of the speed of light
  Rotation equator;  // ICRS to the celestial intermediate frame
  double equation_of_the_origins;
  double sin_turn, cos_turn;  // of the local Earth rotation angle
  double sin_latitude, cos_latitude;
};

class Sky {
 public:
  Sky(Instant instant, const EarthOrientation& orientation, const Observer& observer) noexcept;

  // With the orientation from the embedded tables.
  Sky(Instant instant, const Observer& observer) noexcept : Sky(instant, earth_orientation(instant), observer) {}

  // Where to look: what most ask for, at two thirds of the price of position().
  [[nodiscard]] Horizontal direction(Body body) const noexcept;

  [[nodiscard]] SkyPosition position(Body body) const noexcept;

  // For what a body looks like, and where among the stars it stands.
  [[nodiscard]] Geometry geometry(Body body) const noexcept;

  // From the Sun's centre to the body's, as the observer sees both: 0 to 180, and 0 for the Sun.
  [[nodiscard]] Degrees elongation(Body body) const noexcept;

  // The same for every observer. For maps of the solar system; nobody sees it so.
  [[nodiscard]] TruePosition true_position(Body body) const noexcept;

 private:
  std::optional<Moment> moment_;
};

}  // namespace orrery::planets
