#include "planets/eclipses.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "planets/root.hpp"

namespace orrery::planets {
namespace {

constexpr double kFlattening = 1 / 298.257223563;
constexpr double kReach = 3 * 3600;  // an eclipse is never greatest more than half an hour from new or full Moon
constexpr double kAir = 1.01;        // makes the shadow larger, by Danjon's rule
constexpr double kPrecision = 0.01;  // seconds

/// The axis of the Moon's shadow, and its cones where they cut the plane through the Earth's centre.
struct Shadow {
  Vector foot;  // the point of the axis that is nearest to the Earth's centre
  double penumbra;
  double umbra;  // below nought where it reaches the plane
  double penumbra_slope;
  double umbra_slope;
};

Shadow shadow_at(const Geocentre& centre, double seconds) {
  const Vector moon = centre.place(Body::kMoon, seconds);
  const Vector step = moon - centre.place(Body::kSun, seconds);
  const double between = length(step);
  const Vector axis = (1 / between) * step;
  const double height = -dot(moon, axis);
  const double outer = std::asin((kEclipsedSunRadius + kEclipsingMoonRadius) / between);
  const double inner = std::asin((kEclipsedSunRadius - kEclipsingMoonRadius) / between);
  return {moon + height * axis, height * std::tan(outer) + kEclipsingMoonRadius / std::cos(outer),
          height * std::tan(inner) - kEclipsingMoonRadius / std::cos(inner), std::tan(outer), std::tan(inner)};
}

/// The axis meets the ground, `up` radii above the plane.
Eclipse central(double greatest, const Shadow& shadow, double up) {
  const double penumbra = shadow.penumbra - up * shadow.penumbra_slope;
  const double umbra = shadow.umbra - up * shadow.umbra_slope;
  const double magnitude = (penumbra - umbra) / (penumbra + umbra);
  if (umbra > 0) return {EclipseKind::kAnnularSolar, greatest, magnitude};
  // At sunrise and sunset the ground is on the plane.
  return {shadow.umbra > 0 ? EclipseKind::kHybridSolar : EclipseKind::kTotalSolar, greatest, magnitude};
}

std::optional<Eclipse> lunar_eclipse(const Geocentre& centre, double full_moon) {
  const auto off_axis = [&](double at) { return earth_shadow(centre, at).off; };
  const double greatest = least_around(full_moon, kReach, off_axis, kPrecision);
  const EarthShadow shadow = earth_shadow(centre, greatest);
  const double umbral = (shadow.umbra + shadow.moon - shadow.off) / (2 * shadow.moon);
  const double penumbral = (shadow.penumbra + shadow.moon - shadow.off) / (2 * shadow.moon);
  if (umbral >= 1) return Eclipse{EclipseKind::kTotalLunar, greatest, umbral};
  if (umbral > 0) return Eclipse{EclipseKind::kPartialLunar, greatest, umbral};
  if (penumbral > 0) return Eclipse{EclipseKind::kPenumbralLunar, greatest, penumbral};
  return {};
}

std::optional<Eclipse> solar_eclipse(const Geocentre& centre, double new_moon) {
  const auto off_centre = [&](double at) { return length(shadow_at(centre, at).foot); };
  const double greatest = least_around(new_moon, kReach, off_centre, kPrecision);
  const Shadow shadow = shadow_at(centre, greatest);
  const double gamma = length(shadow.foot);
  const double tilt = shadow.foot.z / gamma;
  const double ground = 1 - kFlattening * tilt * tilt;
  if (gamma < ground) return central(greatest, shadow, std::sqrt(ground * ground - gamma * gamma));
  const double off = gamma - ground;
  // The cone's edge may still touch the ground where its axis does not.
  if (off < std::abs(shadow.umbra)) return central(greatest, shadow, 0);
  if (off < shadow.penumbra)
    return Eclipse{EclipseKind::kPartialSolar, greatest, (shadow.penumbra - off) / (shadow.penumbra + shadow.umbra)};
  return {};
}

/// The Moon's ecliptic longitude from the Sun's: degrees in [-180, 180).
double ahead_of_sun(const Geocentre& centre, double seconds) {
  const double angle = centre.longitude(Body::kMoon, seconds) - centre.longitude(Body::kSun, seconds);
  return angle - 360 * std::floor((angle + 180) / 360);
}

/// The eclipse at the new or full Moon between two moments, if there is a Moon of that kind, and it is one.
std::optional<Eclipse> eclipse_between(const Geocentre& centre, double low, double high) {
  const double at_low = ahead_of_sun(centre, low);
  const double at_high = ahead_of_sun(centre, high);
  if (at_low < 0 && at_high >= 0) {
    const auto value = [&](double at) { return ahead_of_sun(centre, at); };
    return solar_eclipse(centre, root_between(value, low, at_low, high, at_high, kPrecision));
  }
  if (!(at_low > 0 && at_high < 0)) return {};
  const auto behind_full = [&](double at) {
    const double ahead = ahead_of_sun(centre, at);
    return ahead < 0 ? ahead + 180 : ahead - 180;
  };
  return lunar_eclipse(centre, root_between(behind_full, low, at_low - 180, high, at_high + 180, kPrecision));
}

}  // namespace

EarthShadow earth_shadow(const Geocentre& centre, double seconds) {
  constexpr Vector kNowhere;
  const Vector moon = centre.place(Body::kMoon, seconds);
  const Vector sun = centre.place(Body::kSun, seconds);
  const double half = std::asin(kEclipsedSunRadius / length(sun));
  const double shadow = kAir * std::asin(1 / length(moon)) + std::asin(1 / length(sun));
  return {angle_between(moon, kNowhere - sun), std::asin(kEclipsingMoonRadius / length(moon)), shadow - half,
          shadow + half};
}

std::vector<Eclipse> eclipses_within(const Geocentre& centre, double span) {
  constexpr double kDay = 86400;
  std::vector<Eclipse> all;
  for (double at = -kDay; at < span + kDay; at += kDay)
    if (const auto eclipse = eclipse_between(centre, at, at + kDay))
      if (eclipse->greatest >= 0 && eclipse->greatest < span) all.push_back(*eclipse);
  std::ranges::sort(all, {}, &Eclipse::greatest);
  return all;
}

}  // namespace orrery::planets
