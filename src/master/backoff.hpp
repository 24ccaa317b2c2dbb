// Backoff: when a place whose workers keep dying may have its next one.
//
// Pure, one per place, owned by the supervisor. The first death is answered at once; the second and each
// further one in a row doubles the wait, with jitter so that the places of one bad deploy do not come back in
// step.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace orrery::master {

inline constexpr base::Nanoseconds kFirstWait = std::chrono::milliseconds{250};
inline constexpr base::Nanoseconds kLongestWait = std::chrono::seconds{30};
/// A worker that served this long did not die of what killed the one before it.
inline constexpr base::Nanoseconds kStableLife = std::chrono::seconds{5};

/// A small random sequence (xorshift64*) that a test can repeat from its seed.
class Jitter {
 public:
  explicit Jitter(std::uint64_t seed) : state_(seed | 1) {}
  /// A factor in [0.75, 1.25).
  double next();

 private:
  std::uint64_t state_;
};

class Backoff {
 public:
  /// A worker of this place died at `now`, having served for `served` (0 = it never was ready).
  void record_death(base::Monotonic now, base::Nanoseconds served, Jitter& jitter);
  void clear() { *this = {}; }

  [[nodiscard]] unsigned deaths() const { return deaths_; }
  [[nodiscard]] base::Monotonic not_before() const { return not_before_; }

 private:
  unsigned deaths_ = 0;  ///< in a row
  base::Monotonic not_before_{};
};

}  // namespace orrery::master
