#include "planets/instant.hpp"

#include <algorithm>
#include <cmath>

#include "planets/time_scales.hpp"

namespace orrery::planets {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int32_t kRangeBegin = sys_days{std::chrono::year{1850} / 1 / 1}.time_since_epoch().count();
constexpr std::int32_t kRangeEnd = sys_days{std::chrono::year{2150} / 1 / 1}.time_since_epoch().count();

constexpr std::int32_t kFirstDay = sys_days{std::chrono::year{1} / 1 / 1}.time_since_epoch().count();
constexpr std::int32_t kLastDay = sys_days{std::chrono::year{9999} / 12 / 31}.time_since_epoch().count();

bool within(double value, double low, double high) noexcept { return value >= low && value < high; }

year_month_day date_of(const CivilTime& time) noexcept {
  // chrono keeps a year in 16 bits and a month or day in 8, and would wrap what does not fit.
  if (time.year < 1 || time.year > 9999 || time.month > 12 || time.day > 31) return {};
  return std::chrono::year{time.year} / static_cast<int>(time.month) / static_cast<int>(time.day);
}

bool is_clock_time(const CivilTime& time, std::int32_t day) noexcept {
  if (time.hour < 0 || time.hour > 23 || time.minute < 0 || time.minute > 59) return false;
  const bool last_minute = time.hour == 23 && time.minute == 59;
  return within(time.second, 0, last_minute && ends_with_leap_second(day) ? 61 : 60);
}

double length_of(std::int32_t day) noexcept { return ends_with_leap_second(day) ? 86401 : 86400; }

// An instant named to the nanosecond, in whatever parts, is the same double.
double seconds_of(std::int64_t nanoseconds) noexcept { return static_cast<double>(nanoseconds) / 1e9; }

}  // namespace

Instant Instant::from_unix(UnixTime time) noexcept {
  // In plain numbers: the first representable time's midnight is no representable time.
  constexpr std::int64_t kDay = std::chrono::nanoseconds{days{1}}.count();
  const std::int64_t count = time.time_since_epoch().count();
  const std::int64_t day = count / kDay - (count % kDay < 0 ? 1 : 0);
  const std::int64_t rest = count % kDay < 0 ? count % kDay + kDay : count % kDay;
  return {static_cast<std::int32_t>(day), seconds_of(rest)};
}

std::optional<Instant> Instant::from_civil(const CivilTime& time) noexcept {
  const year_month_day date = date_of(time);
  if (!date.ok()) return std::nullopt;
  const auto day = static_cast<std::int32_t>(sys_days{date}.time_since_epoch().count());
  if (!is_clock_time(time, day)) return std::nullopt;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t exact =
      (time.hour * 60 + time.minute) * 60 * kSecond + std::llround(time.second * static_cast<double>(kSecond));
  // The last half nanosecond of a day belongs to it.
  return Instant{day, seconds_of(std::min(exact, static_cast<std::int64_t>(length_of(day)) * kSecond - 1))};
}

CivilTime Instant::civil() const noexcept {
  const year_month_day date{sys_days{days{day_}}};
  const int minutes = std::min(static_cast<int>(second_) / 60, 24 * 60 - 1);
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          minutes / 60,
          minutes % 60,
          second_ - 60 * minutes};
}

Instant Instant::later(Seconds by) const noexcept {
  const double seconds = second_ + by.count();
  const double days = std::floor(seconds / 86400);
  // Before the number becomes an integer: a day that no integer holds, or no number, has none.
  if (day_ + days < kFirstDay) return {kFirstDay, 0};
  if (!(day_ + days <= kLastDay)) return {kLastDay, 0};
  std::int32_t day = day_ + static_cast<std::int32_t>(days);
  // The leap seconds between make up a few seconds, so at most one day's end is yet to be crossed.
  double rest = seconds - days * 86400 - (leap_seconds(day) - leap_seconds(day_)).count();
  for (; rest < 0; rest += length_of(day)) --day;
  for (; rest >= length_of(day); ++day) rest -= length_of(day);
  return {day, rest};
}

Instant Instant::rounded() const noexcept {
  return Instant{day_, std::floor(second_)}.later(Seconds{second_ - std::floor(second_) >= 0.5 ? 1 : 0});
}

Seconds operator-(Instant later, Instant earlier) noexcept {
  return Seconds{(later.day() - earlier.day()) * 86400.0 + (later.second_of_day() - earlier.second_of_day())} +
         (leap_seconds(later.day()) - leap_seconds(earlier.day()));
}

Instant end_of_range() noexcept { return Instant::from_unix(sys_days{days{kRangeEnd}}); }

bool in_range(Instant instant) noexcept { return instant.day() >= kRangeBegin && instant.day() < kRangeEnd; }

}  // namespace orrery::planets
