// Someone on the Earth. Elevation is above the WGS84 ellipsoid; the 100 m to mean sea level move nothing here
// but the Moon, by 0.05". Longitude may be written in either turn (-170 or 190); the poles and the date line
// are places like any other (at a pole azimuth is counted as if one stood on the meridian of the longitude
// given).
#pragma once

#include <cmath>

#include "planets/units.hpp"

namespace orrery::planets {

struct Observer {
  Degrees longitude;  // east positive
  Degrees latitude;   // geodetic, north positive
  Metres elevation;
};

// Finite, a latitude within [-90, 90], and no further from the ground than a million kilometres.
[[nodiscard]] inline bool is_place(const Observer& observer) noexcept {
  return std::isfinite(observer.longitude.value) && std::abs(observer.latitude.value) <= 90 &&
         std::abs(observer.elevation.value) <= 1e9;
}

}  // namespace orrery::planets
