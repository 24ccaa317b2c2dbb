// The Earth's rotation as observed, in tables: leap seconds and delta-T = TT - UT1. Generated with
// planets.eph; sources and how to regenerate: README.md beside this file. Read only by time_scales.cpp.
// Constants; never edited by hand.
#pragma once

#include <cstdint>
#include <span>

namespace orrery::planets {

struct LeapSecond {
  std::int32_t first_day;  // first UTC day (since 1970-01-01) with this difference
  std::int32_t tai_minus_utc;
};

// In order of time, from 1972-01-01 (10 s).
extern const std::span<const LeapSecond> kLeapSeconds;

// TT - UT1 every kDeltaTStepDays days from 00:00 of kDeltaTFirstDay (since 1970-01-01), in units of
// kDeltaTUnit.
inline constexpr std::int32_t kDeltaTFirstDay = -43900;
inline constexpr std::int32_t kDeltaTStepDays = 16;
inline constexpr double kDeltaTUnit = 1e-4;
extern const std::span<const std::int32_t> kDeltaT;

}  // namespace orrery::planets
