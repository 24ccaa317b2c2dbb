// Vectors of three numbers and their algebra, as the reduction needs it. Inline throughout, so that each
// clone of the reduction compiles them for its own processor.
// Pure; it never allocates and knows no frame or unit.
#pragma once

#include <cmath>

namespace orrery::planets {

struct Vector {
  double x = 0;
  double y = 0;
  double z = 0;
};

constexpr Vector operator+(const Vector& a, const Vector& b) noexcept { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
constexpr Vector operator-(const Vector& a, const Vector& b) noexcept { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
constexpr Vector operator*(double k, const Vector& a) noexcept { return {k * a.x, k * a.y, k * a.z}; }

constexpr double dot(const Vector& a, const Vector& b) noexcept { return a.x * b.x + a.y * b.y + a.z * b.z; }
constexpr Vector cross(const Vector& a, const Vector& b) noexcept {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double length(const Vector& a) noexcept { return std::sqrt(dot(a, a)); }
// Radians, 0 to pi, of two directions of any length: exact also where they nearly coincide.
inline double angle_between(const Vector& a, const Vector& b) noexcept {
  return std::atan2(length(cross(a, b)), dot(a, b));
}

// From an inertial frame to a rotating or tilted one: the rows are the new axes.
struct Rotation {
  Vector x;
  Vector y;
  Vector z;
};

constexpr Vector operator*(const Rotation& r, const Vector& a) noexcept {
  return {dot(r.x, a), dot(r.y, a), dot(r.z, a)};
}

// The way back.
constexpr Vector unrotated(const Rotation& r, const Vector& a) noexcept { return a.x * r.x + a.y * r.y + a.z * r.z; }

}  // namespace orrery::planets
