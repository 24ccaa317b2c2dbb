#include "planets/time_scales.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "planets/data/earth_rotation_data.hpp"

namespace orrery::planets {
namespace {

using std::chrono::sys_days;

constexpr double kSecondsPerDay = 86400;
constexpr Seconds kTtMinusTai{32.184};
constexpr std::int32_t kUtcBegin = sys_days{std::chrono::year{1972} / 1 / 1}.time_since_epoch().count();
constexpr std::int32_t kIersEnd = sys_days{std::chrono::year{2022} / 1 / 1}.time_since_epoch().count();

// Delta-T is what may be interpolated: UT1 - UTC jumps at every leap second.
Seconds delta_t(Instant instant) noexcept {
  const double last = static_cast<double>(kDeltaT.size() - 1);
  const double days = instant.day() - kDeltaTFirstDay + instant.second_of_day() / kSecondsPerDay;
  const double place = std::clamp(days / kDeltaTStepDays, 0.0, last);
  const auto index = static_cast<std::size_t>(std::min(place, last - 1));
  const double low = kDeltaT[index];
  const double high = kDeltaT[index + 1];
  return Seconds{(low + (high - low) * (place - static_cast<double>(index))) * kDeltaTUnit};
}

Seconds tai_minus_utc(std::int32_t day) noexcept {
  // Mostly it is asked about today.
  if (day >= kLeapSeconds.back().first_day) return Seconds{static_cast<double>(kLeapSeconds.back().tai_minus_utc)};
  const auto after = std::ranges::upper_bound(kLeapSeconds, day, {}, &LeapSecond::first_day);
  return Seconds{after == kLeapSeconds.begin() ? 0.0 : static_cast<double>(std::prev(after)->tai_minus_utc)};
}

DayTime shifted(Instant instant, Seconds shift) noexcept {
  if (!(std::abs(shift.count()) < kSecondsPerDay)) return {0, std::numeric_limits<double>::quiet_NaN()};
  const double days = (instant.second_of_day() + shift.count()) / kSecondsPerDay;
  auto whole = static_cast<std::int32_t>(days);
  if (days < whole) --whole;
  return {instant.day() + whole, days - whole};
}

}  // namespace

EarthOrientation earth_orientation(Instant instant) noexcept {
  if (instant.day() >= kIersEnd) return earth_orientation(instant, Seconds{0});
  const Seconds tt_minus_ut1 = delta_t(instant);
  return {tt_minus_ut1, tt_minus_utc(instant) - tt_minus_ut1};
}

EarthOrientation earth_orientation(Instant instant, Seconds ut1_minus_utc) noexcept {
  if (instant.day() < kUtcBegin) return {delta_t(instant), Seconds{0}};
  return {tt_minus_utc(instant) - ut1_minus_utc, ut1_minus_utc};
}

Seconds tt_minus_utc(Instant instant) noexcept {
  if (instant.day() < kUtcBegin) return delta_t(instant);
  return tai_minus_utc(instant.day()) + kTtMinusTai;
}

bool ends_with_leap_second(std::int32_t day) noexcept {
  // The first row is the start of the table, at 1972-01-01, and no leap second.
  return std::ranges::any_of(kLeapSeconds.subspan(1),
                             [&](const LeapSecond& leap) { return leap.first_day == day + 1; });
}

Seconds leap_seconds(std::int32_t day) noexcept {
  return std::max(tai_minus_utc(day), Seconds{static_cast<double>(kLeapSeconds.front().tai_minus_utc)});
}

DayTime terrestrial_time(Instant instant, EarthOrientation orientation) noexcept {
  return shifted(instant, orientation.ut1_minus_utc + orientation.tt_minus_ut1);
}

DayTime universal_time(Instant instant, EarthOrientation orientation) noexcept {
  return shifted(instant, orientation.ut1_minus_utc);
}

}  // namespace orrery::planets
