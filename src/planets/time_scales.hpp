// The time scales of astronomy, from UTC. TT (terrestrial time, even) drives the planets; UT1 (the Earth's
// turn) drives the sky over an observer: 15" of azimuth a second. From 1972 on TT = UTC + (TAI - UTC) + 32.184 s,
// and UT1 - UTC comes from the IERS; before 1972 UTC is taken as UT1, and TT - UT1 from history's
// observations. From 2022 on UT1 - UTC is taken as 0: the predictions of that year are off by 0.37 s today; a
// caller who knows better passes a value. Tables: data/earth_rotation_data.cpp. All functions are total, pure
// and thread-safe. Sources: IERS Conventions (2010) ch. 5; IERS Bulletin C; Morrison et al. 2021.
#pragma once

#include <cstdint>

#include "planets/instant.hpp"
#include "planets/units.hpp"

namespace orrery::planets {

// How far the Earth's turn has got: the two differences that place an instant of UTC on TT and UT1.
struct EarthOrientation {
  Seconds tt_minus_ut1{};
  Seconds ut1_minus_utc{};
};

// A day count and a fraction in [0, 1], both on one time scale; day 0 begins at 1970-01-01T00:00 of that
// scale.
struct DayTime {
  std::int32_t day = 0;
  double fraction = 0;
};

// From the embedded tables. Beyond their ends the nearest value holds.
[[nodiscard]] EarthOrientation earth_orientation(Instant instant) noexcept;

// With a UT1 - UTC that the caller knows (an operator's setting, IERS finals2000A). Before 1972 it is
// ignored, since UTC is UT1 there by definition.
[[nodiscard]] EarthOrientation earth_orientation(Instant instant, Seconds ut1_minus_utc) noexcept;

// TT - UTC: 42.184 s in January 1972, 69.184 s since 2017. Before 1972 it is TT - UT1.
[[nodiscard]] Seconds tt_minus_utc(Instant instant) noexcept;

// TAI - UTC in that UTC day (counted from 1970-01-01), 10 s before 1972: what elapsed time must count.
[[nodiscard]] Seconds leap_seconds(std::int32_t day) noexcept;

// Whether the UTC day (counted from 1970-01-01) lasts 86401 seconds.
[[nodiscard]] bool ends_with_leap_second(std::int32_t day) noexcept;

// Not-a-number in the orientation, or a shift of more than a day, gives a fraction that is not a number.
[[nodiscard]] DayTime terrestrial_time(Instant instant, EarthOrientation orientation) noexcept;
[[nodiscard]] DayTime universal_time(Instant instant, EarthOrientation orientation) noexcept;

}  // namespace orrery::planets
