// An instant of Coordinated Universal Time (UTC): a civil day and the seconds elapsed in it, kept apart
// because one double Julian date is 40 microseconds coarse, 0.0006" of sky. A day with a leap second has
// 86401 seconds, so 23:59:60 is an instant like any other. Always a moment of the years 1 to 9999, so that it
// can always be written: only the makers below can build one. The tables serve the civil years 1850 to 2149;
// ask in_range() before offering a position to a user.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>

namespace orrery::planets {

struct CivilTime {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  int hour = 0;
  int minute = 0;
  double second = 0;  // [0, 60), or [60, 61) in a leap second
};

class Instant {
 public:
  using UnixTime = std::chrono::sys_time<std::chrono::nanoseconds>;

  // Unix time has no leap seconds: the second before midnight of such a day cannot be expressed.
  [[nodiscard]] static Instant from_unix(UnixTime time) noexcept;

  // Nothing when the fields are no UTC time: a 30 February, an hour 24, a 23:59:60 no leap second was put
  // into.
  [[nodiscard]] static std::optional<Instant> from_civil(const CivilTime& time) noexcept;

  [[nodiscard]] CivilTime civil() const noexcept;

  // So much time later, leap seconds counted; earlier when negative. Beyond the years 1 to 9999 it is the first
  // or last of their days; what is not a number leads to the last. None of these is in_range().
  [[nodiscard]] Instant later(std::chrono::duration<double> by) const noexcept;

  // The nearest whole second.
  [[nodiscard]] Instant rounded() const noexcept;

  // Days since 1970-01-01.
  [[nodiscard]] std::int32_t day() const noexcept { return day_; }

  // [0, 86400), or [86400, 86401) in a leap second.
  [[nodiscard]] double second_of_day() const noexcept { return second_; }

  friend auto operator<=>(const Instant&, const Instant&) = default;

 private:
  constexpr Instant(std::int32_t day, double second) noexcept : day_(day), second_(second) {}

  std::int32_t day_;
  double second_;
};

// The time that passes from one to the other, leap seconds counted.
[[nodiscard]] std::chrono::duration<double> operator-(Instant later, Instant earlier) noexcept;

// From 1850-01-01T00:00:00Z up to, and without, 2150-01-01T00:00:00Z.
[[nodiscard]] bool in_range(Instant instant) noexcept;

// 2150-01-01T00:00:00Z, the first that is not in_range().
[[nodiscard]] Instant end_of_range() noexcept;

}  // namespace orrery::planets
