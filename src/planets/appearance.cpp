#include "planets/appearance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace orrery::planets {
namespace {

constexpr double kMetresPerAu = 149597870700;
constexpr double kArcsecondsADegree = 3600;

constexpr std::array<double, kBodyCount> kRadii = {
    695700e3, 1737.4e3, 2440.53e3, 6051.8e3, 3396.19e3, 71492e3, 60268e3, 25559e3, 24764e3, 1188.3e3,
};

// Sums c[0] + c[1] x + c[2] x^2 + ...
double polynomial(double x, std::initializer_list<double> coefficients) noexcept {
  double sum = 0;
  for (auto c = std::rbegin(coefficients); c != std::rend(coefficients); ++c) sum = sum * x + *c;
  return sum;
}

struct Triangle {
  double sun_distance;       // au
  double observer_distance;  // au
  double phase_angle;        // degrees
};

Triangle triangle_of(const Geometry& g) noexcept {
  const double r = length(g.from_sun);
  const double d = length(g.from_observer);
  if (!(r > 0)) return {r, d, 0};
  // atan2 keeps its digits where an arc cosine loses them, near full and new.
  const Vector& a = g.from_sun;
  const Vector& b = g.from_observer;
  const Vector cross{a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
  return {r, d, degrees(std::atan2(length(cross), dot(a, b))).value};
}

// Years of 365.25 days since 2000-01-01.
double julian_years(Instant instant) noexcept { return (instant.day() - 10957) / 365.25; }

Vector direction_of(Degrees right_ascension, Degrees declination) noexcept {
  const double c = std::cos(radians(declination));
  return {c * std::cos(radians(right_ascension)), c * std::sin(radians(right_ascension)),
          std::sin(radians(declination))};
}

// Planetocentric latitudes of the points below the observer and below the Sun, as angles with sign, in radians.
struct SubLatitudes {
  double observer;
  double sun;
};

SubLatitudes sub_latitudes(const Geometry& g, const Vector& pole) noexcept {
  return {std::asin(std::clamp(-dot(g.from_observer, pole) / length(g.from_observer), -1.0, 1.0)),
          std::asin(std::clamp(-dot(g.from_sun, pole) / length(g.from_sun), -1.0, 1.0))};
}

double mercury(double a) noexcept {
  return polynomial(a, {-0.613, 6.328e-2, -1.6336e-3, 3.3644e-5, -3.4265e-7, 1.6893e-9, -3.0334e-12});
}

double venus(double a) noexcept {
  if (a <= 163.7) return polynomial(a, {-4.384, -1.044e-3, 3.687e-4, -2.814e-6, 8.938e-9});
  return polynomial(a, {236.05828, -2.81914, 8.39034e-3});
}

double mars(double a) noexcept {
  if (a <= 50) return polynomial(a, {-1.601, 2.267e-2, -1.302e-4});
  return polynomial(a, {-0.367, -2.573e-2, 3.445e-4});
}

double jupiter(double a) noexcept { return polynomial(a, {-9.395, -3.7e-4, 6.16e-4}); }

// The rings shine only when observer and Sun see the same face of them.
double saturn(double a, const Geometry& g, double years) noexcept {
  const Vector pole = direction_of({40.589 - 0.00036 * years}, {83.537 - 0.00004 * years});
  const auto [observer, sun] = sub_latitudes(g, pole);
  const double tilt = std::sin(std::sqrt(std::max(0.0, observer * sun)));
  return -8.914 - 1.825 * tilt + 0.026 * a - 0.378 * tilt * std::exp(-2.25 * a);
}

// Brighter when a pole is turned to us: the latitude is planetographic, in degrees.
double uranus(double a, const Geometry& g) noexcept {
  constexpr double kFlattening = 0.0022927;
  const auto [observer, sun] = sub_latitudes(g, direction_of({257.311}, {-15.175}));
  const auto graphic = [](double latitude) {
    return degrees(std::atan(std::tan(std::abs(latitude)) / ((1 - kFlattening) * (1 - kFlattening)))).value;
  };
  return -7.110 - 8.4e-4 * (graphic(observer) + graphic(sun)) / 2 + polynomial(a, {0, 6.587e-3, 1.045e-4});
}

// It has grown brighter from 1980 to 2000; nobody knows why.
double neptune(double a, double years) noexcept {
  const double base = std::clamp(-7.00 - 0.0055 * years, -7.00, -6.89);
  return a > 1.9 ? base + polynomial(a, {0, 7.944e-3, 9.617e-5}) : base;
}

// At 1 au from the Sun and from the observer.
double reduced_magnitude(Body body, double a, const Geometry& g, double years) noexcept {
  switch (body) {
    case Body::kMercury: return mercury(a);
    case Body::kVenus: return venus(a);
    case Body::kMars: return mars(a);
    case Body::kJupiter: return jupiter(a);
    case Body::kSaturn: return saturn(a, g, years);
    case Body::kUranus: return uranus(a, g);
    case Body::kNeptune: return neptune(a, years);
    default: return -1.00;
  }
}

// Where the crescent gets thin Allen's law makes it too bright by magnitudes; the two meet at this angle.
double moon_magnitude(const Triangle& t) noexcept {
  constexpr double kEarthRadiiPerAu = kMetresPerAu / 6378140;
  constexpr double kThin = 147.1385465;
  const double distances = 5 * std::log10(t.sun_distance * t.observer_distance * kEarthRadiiPerAu);
  const double a = t.phase_angle;
  if (a > kThin) return distances - 4.5444 - 7.5 * std::log10(std::max(180 - a, 0.1));
  return distances - 21.62 + 0.026 * a + 4e-9 * std::pow(a, 4);
}

double magnitude(Body body, const Triangle& t, const Geometry& g, Instant instant) noexcept {
  if (body == Body::kSun) return -26.76 + 5 * std::log10(t.observer_distance);
  if (body == Body::kMoon) return moon_magnitude(t);
  return 5 * std::log10(t.sun_distance * t.observer_distance) +
         reduced_magnitude(body, t.phase_angle, g, julian_years(instant));
}

}  // namespace

Degrees position_angle(const SkyPosition& from, const SkyPosition& to) noexcept {
  const double east = radians({to.right_ascension.value - from.right_ascension.value});
  const double here = radians(from.declination);
  const double there = radians(to.declination);
  const double angle =
      degrees(std::atan2(std::cos(there) * std::sin(east),
                         std::sin(there) * std::cos(here) - std::cos(there) * std::sin(here) * std::cos(east)))
          .value;
  const double turned = angle < 0 ? angle + 360 : angle;
  return {turned < 360 ? turned : 0};
}

Metres radius_of(Body body) noexcept { return {kRadii[static_cast<std::size_t>(body)]}; }

Appearance appearance(Body body, const Geometry& geometry, Instant instant) noexcept {
  const Triangle triangle = triangle_of(geometry);
  const double half_disc = std::asin(radius_of(body).value / (triangle.observer_distance * kMetresPerAu));
  return {.magnitude = magnitude(body, triangle, geometry, instant),
          .illuminated = (1 + std::cos(radians({triangle.phase_angle}))) / 2,
          .phase_angle = {triangle.phase_angle},
          .diameter = 2 * degrees(half_disc).value * kArcsecondsADegree};
}

}  // namespace orrery::planets
