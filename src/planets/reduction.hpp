// Space to sky: from the table's geometric vectors to what an observer sees, by the IERS Conventions (2010)
// ch. 5, the CIO way. Own code after Klioner 2003 (aberration, light bending) and the Explanatory Supplement
// (2013) ch. 7. Everything is inline and total, so that sky.cpp can compile it once a processor level and a
// test can compare them.
#pragma once

#include <algorithm>
#include <numbers>

#include "planets/sky.hpp"

namespace orrery::planets::reduction {

inline constexpr double kMetresPerAu = 149597870700;
inline constexpr double kLightSpeed = 299792458.0 * 86400 / kMetresPerAu;  // au a day
inline constexpr double kSunGravity = 2.959122082834e-4;                   // GM of the Sun, au^3 / day^2
inline constexpr double kSunRadius = 1.97412574336e-8;                     // its Schwarzschild radius, au
inline constexpr double kTurn = 2 * std::numbers::pi;
inline constexpr double kTurnsADay = 1.00273781191135448;  // of the Earth, by UT1

// Radians. IAU 2000; whole turns are left out before they cost digits.
inline double earth_rotation_angle(DayTime ut1) noexcept {
  constexpr double kUnixEpochFromJ2000 = -10957.5;
  const double days = kUnixEpochFromJ2000 + ut1.day + ut1.fraction;
  return kTurn * (ut1.fraction + 0.5 + 0.7790572732640 + (kTurnsADay - 1) * days);
}

// From X, Y and s in closed form (IERS 2010, 5.10). s stays under 1" here: its sine is itself.
inline Rotation celestial_to_intermediate(const Pole& pole) noexcept {
  const double z = std::sqrt(1 - pole.x * pole.x - pole.y * pole.y);
  const double a = 1 / (1 + z);
  const Vector x{1 - a * pole.x * pole.x, -a * pole.x * pole.y, -pole.x};
  const Vector y{-a * pole.x * pole.y, 1 - a * pole.y * pole.y, -pole.y};
  return {x - pole.s * y, y + pole.s * x, {pole.x, pole.y, z}};
}

// From the Earth's centre, in au, in the frame of the equator with x on the observer's meridian: y is always
// 0.
inline Vector site(const Observer& observer, double sin_latitude, double cos_latitude) noexcept {
  constexpr double kEquatorialRadius = 6378137;  // WGS84
  constexpr double kFlattening = 1 / 298.257223563;
  constexpr double kSquash = (1 - kFlattening) * (1 - kFlattening);
  const double normal =
      kEquatorialRadius / std::sqrt(cos_latitude * cos_latitude + kSquash * sin_latitude * sin_latitude);
  const double elevation = observer.elevation.value;
  return (1 / kMetresPerAu) *
         Vector{(normal + elevation) * cos_latitude, 0, (kSquash * normal + elevation) * sin_latitude};
}

inline Moment moment_at(const TablePlace& place, DayTime ut1, const Observer& observer) noexcept {
  const double turn = earth_rotation_angle(ut1) + radians(observer.longitude);
  const double sin_turn = std::sin(turn), cos_turn = std::cos(turn);
  const double latitude = radians(observer.latitude);
  const double sin_latitude = std::sin(latitude), cos_latitude = std::cos(latitude);
  const Vector there = site(observer, sin_latitude, cos_latitude);
  const Vector offset{there.x * cos_turn, there.x * sin_turn, there.z};
  const Vector spin = (kTurn * kTurnsADay) * Vector{-offset.y, offset.x, 0};
  const Pole pole = pole_at(place);
  const Rotation equator = celestial_to_intermediate(pole);
  const auto [earth, moon] = earth_and_moon(place);
  return {.place = place,
          .sun = position_of(Series::kSun, place),
          .moon = moon,
          .observer = earth.position + unrotated(equator, offset),
          .velocity = (1 / kLightSpeed) * (earth.velocity + unrotated(equator, spin)),
          .equator = equator,
          .equation_of_the_origins = pole.equation_of_the_origins,
          .sin_turn = sin_turn,
          .cos_turn = cos_turn,
          .sin_latitude = sin_latitude,
          .cos_latitude = cos_latitude};
}

// A body, and the pull that bends its path while the light is under way.
struct Mover {
  State state;
  Vector acceleration;
};

inline Mover mover(const Moment& moment, Body body) noexcept {
  if (body == Body::kSun) return {state_of(Series::kSun, moment.place), {}};
  if (body == Body::kMoon) return {moment.moon, {}};
  const State state = state_of(series_of(body), moment.place);
  const Vector from_sun = state.position - moment.sun;
  const double r2 = dot(from_sun, from_sun);
  return {state, (-kSunGravity / (r2 * std::sqrt(r2))) * from_sun};
}

// From the observer to the body as it was when the light left it.
struct Ray {
  Vector direction;  // unit
  Vector body;       // barycentric
  double distance;
};

inline Vector position_before(const Mover& mover, double days) noexcept {
  return mover.state.position - days * mover.state.velocity + (days * days / 2) * mover.acceleration;
}

inline Ray incoming_ray(const Moment& moment, const Mover& mover) noexcept {
  const double first = length(mover.state.position - moment.observer) / kLightSpeed;
  const double delay = length(position_before(mover, first) - moment.observer) / kLightSpeed;
  const Vector body = position_before(mover, delay);
  const Vector ray = body - moment.observer;
  const double distance = length(ray);
  return {(1 / distance) * ray, body, distance};
}

// Up to 1.7" at the Sun's limb. Behind the disc, where nobody looks, the angle is held so that it stays
// finite.
inline Vector bent_by_sun(const Moment& moment, const Ray& ray) noexcept {
  const Vector to_body = ray.body - moment.sun;
  const Vector to_observer = moment.observer - moment.sun;
  const double observer_distance = length(to_observer);
  const Vector q = (1 / length(to_body)) * to_body;
  const Vector e = (1 / observer_distance) * to_observer;
  const double bend = kSunRadius / observer_distance / std::max(1 + dot(q, e), 1e-6);
  return ray.direction + bend * (dot(ray.direction, q) * e - dot(e, ray.direction) * q);
}

// Exact in special relativity; the Sun's potential would add 0.4 microarcseconds.
inline Vector aberrated(const Vector& direction, const Vector& velocity) noexcept {
  const double along = dot(direction, velocity);
  const double inverse_gamma = std::sqrt(1 - dot(velocity, velocity));
  const Vector sum = inverse_gamma * direction + (1 + along / (1 + inverse_gamma)) * velocity;
  return (1 / length(sum)) * sum;
}

inline Degrees full_circle(double angle) noexcept {
  const double result = angle < 0 ? angle + kTurn : angle;
  return degrees(result >= kTurn ? 0 : result);
}

inline double elevation_of(const Vector& v) noexcept { return std::atan2(v.z, std::sqrt(v.x * v.x + v.y * v.y)); }

// x to the north, y to the east, z up. From the frame of the equator.
inline Vector horizontal(const Moment& moment, const Vector& v) noexcept {
  const double meridian = moment.cos_turn * v.x + moment.sin_turn * v.y;
  return {moment.cos_latitude * v.z - moment.sin_latitude * meridian, moment.cos_turn * v.y - moment.sin_turn * v.x,
          moment.cos_latitude * meridian + moment.sin_latitude * v.z};
}

// The light of a body as it comes in at the observer.
struct Arrival {
  Vector equatorial;  // unit, where it seems to come from: equator and celestial intermediate origin of date
  Vector local;       // the same, x to the north, y to the east, z up
  double distance;    // it travelled
};

inline Arrival arriving(const Moment& moment, Body body) noexcept {
  const Ray ray = incoming_ray(moment, mover(moment, body));
  const bool bends = body != Body::kSun && body != Body::kMoon;
  const Vector natural = bends ? bent_by_sun(moment, ray) : ray.direction;
  const Vector equatorial = moment.equator * aberrated(natural, moment.velocity);
  return {equatorial, horizontal(moment, equatorial), ray.distance};
}

inline Horizontal horizontal_of(const Arrival& arrival) noexcept {
  const Vector& local = arrival.local;
  return {full_circle(std::atan2(local.y, local.x)), degrees(elevation_of(local))};
}

inline SkyPosition position_of(const Moment& moment, Body body) noexcept {
  const Arrival arrival = arriving(moment, body);
  const Vector& equatorial = arrival.equatorial;
  const double right_ascension = std::atan2(equatorial.y, equatorial.x) - moment.equation_of_the_origins;
  return {horizontal_of(arrival),
          full_circle(right_ascension < kTurn / 2 ? right_ascension : right_ascension - kTurn),
          degrees(elevation_of(equatorial)),
          {arrival.distance},
          Seconds{arrival.distance / kLightSpeed * 86400}};
}

}  // namespace orrery::planets::reduction
