// Table to space: where the bodies are and how they move, in the ICRS, in au and days, at an instant of TT
// (TDB is taken as TT: 0.001 s at most, 0.001" for the Moon). Geometric: no light time, no observer. Pure,
// without branches on data or allocation, the same cost for any instant of the table. Inline, so that each
// clone of the reduction compiles it for its own processor. The Chebyshev sums are Clenshaw's, x, y and z
// side by side in one register.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "planets/body.hpp"
#include "planets/table.hpp"
#include "planets/vector.hpp"

namespace orrery::planets {

struct State {
  Vector position;
  Vector velocity;  // au a day
};

constexpr State operator+(const State& a, const State& b) noexcept {
  return {a.position + b.position, a.velocity + b.velocity};
}
constexpr State operator*(double k, const State& a) noexcept { return {k * a.position, k * a.velocity}; }

struct Pole {
  double x;  // of the celestial intermediate pole in the GCRS
  double y;
  double s;                        // CIO locator, radians
  double equation_of_the_origins;  // Earth rotation angle less apparent sidereal time, radians
};

namespace chebyshev {

using Lanes = std::array<double, 4>;
using Packed = double __attribute__((vector_size(32)));

struct Segment {
  const std::int32_t* words;
  const double* quanta;
  double x;        // [-1, 1]
  double x_a_day;  // dx/dt
};

inline Segment segment_at(Series series, const TablePlace& place) noexcept {
  const Shape& shape = shape_of(series);
  const double subintervals_a_day = shape.subintervals / double{kRecordDays};
  const double along = place.days * subintervals_a_day;
  // A fraction of a day may round up to 1, the very end of the record.
  const std::int32_t index = std::min(static_cast<std::int32_t>(along), shape.subintervals - 1);
  const Record& record = kTable.records[static_cast<std::size_t>(place.record)];
  const std::int32_t* words = record.data() + (offset_of(series) + index * shape.terms * shape.lanes);
  const double* quanta = kTable.header.series[static_cast<std::size_t>(series)].quanta.data();
  return {words, quanta, 2 * (along - index) - 1, 2 * subintervals_a_day};
}

// With three lanes the fourth is the next order's first word, evaluated with the others and never looked at.
struct Sums {
  Lanes value;
  Lanes derivative;  // by x
};

inline Sums sums(const Segment& segment, const Shape& shape) noexcept {
  const double x = segment.x;
  Packed b1 = {}, b2 = {}, d1 = {}, d2 = {};
  for (std::int32_t order = shape.terms - 1; order >= 0; --order) {
    const std::int32_t* const words = segment.words + order * shape.lanes;
    // One instruction; of __builtin_convertvector g++ 12 makes four.
    const Packed integers{static_cast<double>(words[0]), static_cast<double>(words[1]), static_cast<double>(words[2]),
                          static_cast<double>(words[3])};
    const Packed term = integers * segment.quanta[order] - b2;
    const double factor = order == 0 ? x : 2 * x;
    const Packed derivative = (order == 0 ? 1 : 2) * b1 - d2 + factor * d1;
    const Packed value = term + factor * b1;
    b2 = b1, b1 = value, d2 = d1, d1 = derivative;
  }
  Sums result;
  std::memcpy(&result.value, &b1, sizeof b1);
  std::memcpy(&result.derivative, &d1, sizeof d1);
  return result;
}

}  // namespace chebyshev

inline Vector position_of(Series series, const TablePlace& place) noexcept {
  const auto p = chebyshev::sums(chebyshev::segment_at(series, place), shape_of(series)).value;
  return {p[0], p[1], p[2]};
}

inline State state_of(Series series, const TablePlace& place) noexcept {
  const chebyshev::Segment segment = chebyshev::segment_at(series, place);
  const auto [p, v] = chebyshev::sums(segment, shape_of(series));
  return {{p[0], p[1], p[2]}, segment.x_a_day * Vector{v[0], v[1], v[2]}};
}

inline Pole pole_at(const TablePlace& place) noexcept {
  const auto values = chebyshev::sums(chebyshev::segment_at(Series::kPole, place), shape_of(Series::kPole)).value;
  return {values[0], values[1], values[2], values[3]};
}

// The Earth's centre and the Moon, both from the solar system's barycentre.
struct EarthAndMoon {
  State earth;
  State moon;
};

inline EarthAndMoon earth_and_moon(const TablePlace& place) noexcept {
  constexpr double kEarthMoonMassRatio = 81.30056907419062;  // DE431
  const State moon = state_of(Series::kMoon, place);
  const State earth = state_of(Series::kEarthMoon, place) + (-1 / (1 + kEarthMoonMassRatio)) * moon;
  return {earth, earth + moon};
}

// For the planets, not for the Sun and the Moon.
constexpr Series series_of(Body planet) noexcept {
  constexpr int kShift = static_cast<int>(Body::kMercury) - static_cast<int>(Series::kMercury);
  static_assert(static_cast<int>(Body::kPluto) - kShift == static_cast<int>(Series::kPluto));
  return static_cast<Series>(static_cast<int>(planet) - kShift);
}

}  // namespace orrery::planets
