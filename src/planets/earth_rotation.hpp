// The Earth's turn as this process takes it: the embedded table (time_scales.hpp), or what the operator knows better,
// UT1 - UTC as one number or as the IERS's finals2000A file, daily. A second of it is 15" of azimuth.
//
// One per worker, read in the start hook, after the fork, and only read afterwards: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orrery/result.hpp"

#include "planets/sky.hpp"

namespace orrery::planets {

class EarthRotation {
 public:
  // The embedded table.
  EarthRotation() = default;

  // `seconds` at all times from 1972 on; within one second of zero, as UTC is kept.
  [[nodiscard]] static Result<EarthRotation> constant(Seconds ut1_minus_utc);

  // What the IERS publishes as finals2000A.all or .daily; the days it has take precedence over the embedded table.
  [[nodiscard]] static Result<EarthRotation> from_finals2000a(const std::string& path);

  // From ORRERY_PLANETS_DUT1 or ORRERY_PLANETS_FINALS2000A, of which at most one may be set; else the table.
  [[nodiscard]] static Result<EarthRotation> from_environment();

  // Differs when positions may: for tags of what was computed with it.
  [[nodiscard]] std::string fingerprint() const;

  [[nodiscard]] EarthOrientation at(Instant instant) const noexcept {
    return overridden_ ? known_at(instant) : earth_orientation(instant);
  }
  [[nodiscard]] Sky sky(Instant instant, const Observer& observer) const noexcept {
    return {instant, at(instant), observer};
  }

 private:
  [[nodiscard]] EarthOrientation known_at(Instant instant) const noexcept;

  bool overridden_ = false;
  std::optional<Seconds> constant_;
  std::int32_t first_day_ = 0;         // since 1970-01-01
  std::vector<double> ut1_minus_tai_;  // at 0h UTC of each day: without the jumps of UT1 - UTC
};

}  // namespace orrery::planets
