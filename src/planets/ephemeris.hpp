// Table to space: where the bodies are and how they move, in the ICRS, in au and days, at an instant of TT
// (TDB is taken as TT: 0.001 s at most, 0.001" for the Moon). Geometric: no light time, no observer. Pure,
// without branches on data or allocation, the same cost for any instant of the table. Inline, so that each
// clone of the reduction compiles it for its own processor. The Chebyshev sums are Clenshaw's, x, y and z
// side by side in one register.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
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
using Words = std::int32_t __attribute__((vector_size(32)));
using Halves = std::int16_t __attribute__((vector_size(16)));

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
  const std::int32_t* words = record.data() + (offset_of(series) + index * shape.words_each());
  const double* quanta = kTable.header.series[static_cast<std::size_t>(series)].quanta.data();
  return {words, quanta, 2 * (along - index) - 1, 2 * subintervals_a_day};
}

// With three lanes the fourth is the next order's first number, evaluated with the others and never looked at.
struct Sums {
  Lanes value;
  Lanes derivative;  // by x
};

// Clenshaw's recurrence, from the highest order down.
class Recurrence {
 public:
  explicit Recurrence(double x) noexcept : x_(x) {}

  template <typename Integers>
  void add(std::int32_t order, const Integers& integers, double quantum) noexcept {
    // One instruction; of __builtin_convertvector g++ 12 makes four.
    const Packed numbers{static_cast<double>(integers[0]), static_cast<double>(integers[1]),
                         static_cast<double>(integers[2]), static_cast<double>(integers[3])};
    const Packed term = numbers * quantum - b2_;
    const double factor = order == 0 ? x_ : 2 * x_;
    const Packed derivative = (order == 0 ? 1 : 2) * b1_ - d2_ + factor * d1_;
    const Packed value = term + factor * b1_;
    b2_ = b1_, b1_ = value, d2_ = d1_, d1_ = derivative;
  }

  [[nodiscard]] Sums sums() const noexcept {
    Sums result;
    std::memcpy(&result.value, &b1_, sizeof b1_);
    std::memcpy(&result.derivative, &d1_, sizeof d1_);
    return result;
  }

 private:
  double x_;
  Packed b1_ = {}, b2_ = {}, d1_ = {}, d2_ = {};
};

inline Sums sums(const Segment& segment, const Shape& shape) noexcept {
  Recurrence recurrence{segment.x};
  const auto* const narrow = reinterpret_cast<const std::byte*>(segment.words);
  for (std::int32_t order = shape.terms - 1; order >= shape.wide; --order) {
    // Eight at once, of which four are looked at: that is one instruction too. The wide ones lie behind them.
    Halves integers;
    std::memcpy(&integers, narrow + (order - shape.wide) * shape.lanes * 2, sizeof integers);
    recurrence.add(order, __builtin_convertvector(integers, Words), segment.quanta[order]);
  }
  for (std::int32_t order = shape.wide - 1; order >= 0; --order)
    recurrence.add(order, segment.words + shape.narrow_words() + order * shape.lanes, segment.quanta[order]);
  return recurrence.sums();
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
