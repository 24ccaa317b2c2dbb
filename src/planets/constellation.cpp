#include "planets/constellation.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "planets/data/constellation_data.hpp"

namespace orrery::planets {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kUnits = 1e4;

bool holds(const ConstellationZone& zone, double right_ascension, double declination) noexcept {
  return declination >= zone.declination_from && right_ascension >= zone.right_ascension_from &&
         right_ascension < zone.right_ascension_to;
}

}  // namespace

std::string_view constellation_of(const Vector& direction) noexcept {
  const Vector v = kEquatorOf1875 * direction;
  const double angle = std::atan2(v.y, v.x);
  // Rounding must not carry a direction over the end of the turn or over the pole, where no zone is.
  const double hours = std::min((angle < 0 ? angle + kTurn : angle) / kTurn * 24, std::nextafter(24.0, 0.0));
  const double declination = std::atan2(v.z, std::sqrt(v.x * v.x + v.y * v.y)) * (360 / kTurn);
  for (const ConstellationZone& zone : kZones)
    if (holds(zone, hours * kUnits, std::max(declination, -90.0) * kUnits)) return zone.name;
  return {};
}

}  // namespace orrery::planets
