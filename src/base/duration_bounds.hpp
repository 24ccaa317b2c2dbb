// DurationBounds: the bounds by which a histogram tells durations, in ascending order, as the setting
// `duration_buckets` has them.
//
// A plain value of fixed size that may lie in shared memory: up to kMost bounds, and one bucket more than there are
// bounds, which has none. Pure; never allocates but to read texts.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

#include "base/clock.hpp"

namespace orrery::base {

class DurationBounds {
 public:
  static constexpr std::size_t kMost = 20;

  /// 131 us to 69 s, each twice the one before.
  constexpr DurationBounds() : count_(kMost) {
    constexpr int kFirst = 17;
    for (std::size_t i = 0; i < kMost; ++i) bounds_[i] = std::int64_t{1} << (kFirst + static_cast<int>(i));
    note_first();
  }
  /// As read_bound() has each, ascending, at most kMost; none: those of a default one. Fails with a sentence.
  static Result<DurationBounds> read(const std::vector<std::string>& texts);
  /// `0.25` and `250ms` are a quarter of a second: a number of seconds, or with us, ms or s behind it; from 1 us to an
  /// hour. Fails with a sentence.
  static Result<Nanoseconds> read_bound(std::string_view text);

  [[nodiscard]] std::size_t count() const { return count_; }
  /// Of those below count().
  [[nodiscard]] Nanoseconds bound(std::size_t index) const { return Nanoseconds{bounds_[index]}; }
  /// Of the first bound that is not below it; count() when all are.
  [[nodiscard]] std::size_t bucket(Nanoseconds duration) const {
    const auto ns = std::max<std::int64_t>(duration.count(), 0);
    std::size_t index = first_[width_of(ns)];
    while (index < count_ && bounds_[index] < ns) ++index;
    return index;
  }

 private:
  static constexpr std::size_t width_of(std::int64_t ns) {
    return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(ns)));
  }
  /// A duration is asked about for each request: a search among all bounds would be dearer than the rest of its count.
  constexpr void note_first() {
    for (std::size_t width = 1; width < first_.size(); ++width) {
      std::size_t below = 0;
      while (below < count_ && width_of(bounds_[below]) < width) ++below;
      first_[width] = static_cast<std::uint8_t>(below);
    }
  }

  std::array<std::int64_t, kMost> bounds_{};  ///< in ns
  /// By the bits that a duration takes: of the first bound that is not below all such durations.
  std::array<std::uint8_t, 64> first_{};
  std::size_t count_;
};

}  // namespace orrery::base
