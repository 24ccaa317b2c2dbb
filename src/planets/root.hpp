// Roots: where a function of time is nought between two moments at which it has different signs, and where a distance
// is least.
//
// Pure and inline; a root is never looked for outside of the two moments.
#pragma once

#include <cmath>

namespace orrery::planets {

/// Regula falsi with Illinois' cure for its laziness. `at_low` and `at_high` are the values at the ends; it stops when
/// a step is shorter than `precision`.
template <class F>
[[nodiscard]] double root_between(F&& value, double low, double at_low, double high, double at_high, double precision) {
  double last = low;
  for (int i = 0, kept = 0; i < 100; ++i) {
    const double guess = low + (high - low) * (at_low / (at_low - at_high));
    if (std::abs(guess - last) < precision) return guess;
    last = guess;
    const double here = value(guess);
    const bool moves_low = (here < 0) == (at_low < 0);
    (moves_low ? low : high) = guess;
    (moves_low ? at_low : at_high) = here;
    if (kept == (moves_low ? 1 : -1)) (moves_low ? at_high : at_low) /= 2;
    kept = moves_low ? 1 : -1;
  }
  return last;
}

/// When a distance that falls and then grows is least, within `reach` of a moment; it is asked a minute beyond, too.
template <class F>
[[nodiscard]] double least_around(double around, double reach, F&& distance, double precision) {
  constexpr double kSlopeSpan = 60;
  const auto growth = [&](double at) { return distance(at + kSlopeSpan) - distance(at - kSlopeSpan); };
  return root_between(growth, around - reach, growth(around - reach), around + reach, growth(around + reach),
                      precision);
}

}  // namespace orrery::planets
