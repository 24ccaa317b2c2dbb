// Geocentre: the sky from the Earth's centre, by the seconds since an instant: what is the same for every place.
//
// Pure and inline; it keeps a reference to the Earth's rotation, and makes a sky for each question. What is outside of
// the table of positions is not a number.
#pragma once

#include <cmath>

#include "planets/earth_rotation.hpp"
#include "planets/vector.hpp"

namespace orrery::planets {

inline constexpr double kEarthRadius = 6378137;  ///< of WGS84's equator, metres

class Geocentre {
 public:
  Geocentre(const EarthRotation& rotation, Instant from) : rotation_(rotation), from_(from) {}

  [[nodiscard]] Instant time(double seconds) const { return from_.later(Seconds{seconds}); }
  [[nodiscard]] SkyPosition position(Body body, double seconds) const { return sky(seconds).position(body); }
  [[nodiscard]] double right_ascension(Body body, double seconds) const {
    return position(body, seconds).right_ascension.value;
  }
  /// Of the true ecliptic and equinox of date: degrees from -180 to 180.
  [[nodiscard]] double longitude(Body body, double seconds) const {
    const SkyPosition p = position(body, seconds);
    const double tilt = obliquity(time(seconds));
    const double right_ascension = radians(p.right_ascension);
    const double y = std::sin(right_ascension) * std::cos(tilt) + std::tan(radians(p.declination)) * std::sin(tilt);
    return degrees(std::atan2(y, std::cos(right_ascension))).value;
  }
  [[nodiscard]] double distance(Body body, double seconds) const { return position(body, seconds).distance.value; }
  /// Degrees from centre to centre.
  [[nodiscard]] double separation(Body a, Body b, double seconds) const {
    const Sky sky = this->sky(seconds);
    return degrees(angle_between(place_of(sky.position(a)), place_of(sky.position(b)))).value;
  }
  /// Where it is seen, in radii of the Earth's equator; z is the Earth's axis.
  [[nodiscard]] Vector place(Body body, double seconds) const { return place_of(position(body, seconds)); }

 private:
  /// On the equator's plane, and so deep that it is the centre of the ellipsoid.
  static constexpr Observer kCentre{{0}, {0}, {-kEarthRadius}};
  static constexpr double kMetresPerAu = 149597870700;

  [[nodiscard]] Sky sky(double seconds) const { return rotation_.sky(time(seconds), kCentre); }

  static Vector place_of(const SkyPosition& p) {
    const double far = p.distance.value * (kMetresPerAu / kEarthRadius);
    const double flat = far * std::cos(radians(p.declination));
    return {flat * std::cos(radians(p.right_ascension)), flat * std::sin(radians(p.right_ascension)),
            far * std::sin(radians(p.declination))};
  }

  /// IAU 2006's mean obliquity with the largest term of nutation, in radians: true to 1".
  static double obliquity(Instant instant) noexcept {
    const double centuries = (instant.day() - 10957.5 + instant.second_of_day() / 86400) / 36525;
    const double node = radians({125.04452 - 1934.136261 * centuries});
    return radians({(84381.406 - 46.836769 * centuries + 9.2 * std::cos(node)) / 3600});
  }

  const EarthRotation& rotation_;
  Instant from_;
};

}  // namespace orrery::planets
