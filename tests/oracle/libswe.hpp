// What the oracle tests share: the Swiss Ephemeris set up, its numbers of the bodies, and random places and times. Test
// only; the server never links it.
#pragma once

#include <array>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <swephexp.h>

#include "planets/sky.hpp"

namespace orrery::planets {

constexpr double kUnixEpoch = 2440587.5;
constexpr std::array<int, kBodyCount> kSwissNumbers = {SE_SUN,     SE_MOON,   SE_MERCURY, SE_VENUS,   SE_MARS,
                                                       SE_JUPITER, SE_SATURN, SE_URANUS,  SE_NEPTUNE, SE_PLUTO};

inline int swiss_number(Body body) { return kSwissNumbers[static_cast<std::size_t>(body)]; }

struct Case {
  Instant instant;
  EarthOrientation orientation;
  Observer observer;
};

inline double julian_date(Instant instant) { return kUnixEpoch + instant.day() + instant.second_of_day() / 86400; }

// To the second of a day that a double Julian date of UT1 holds exactly enough: multiples of 1/1024 day.
inline Case random_case(std::mt19937_64& engine, int first_year, int last_year, double most_latitude = 89) {
  const auto between = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine);
  };
  const double days = std::floor(between((first_year - 1970) * 365.2425, (last_year - 1970) * 365.2425) * 1024) / 1024;
  const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds{days * 86400});
  const Instant instant = Instant::from_unix(Instant::UnixTime{time});
  // UT1 = UTC, so that libswe, which takes UT1 as one double, is asked for the same instant.
  return {instant,
          {tt_minus_utc(instant), Seconds{0}},
          {{between(-180, 180)}, {between(-most_latitude, most_latitude)}, {between(0, 4000)}}};
}

struct SwissFiles {
  SwissFiles() {
    const char* directory = std::getenv("SE_EPHE_PATH");
    swe_set_ephe_path(std::string(directory ? directory : "/usr/share/libswe/ephe").data());
  }
  ~SwissFiles() { swe_close(); }
};

}  // namespace orrery::planets
