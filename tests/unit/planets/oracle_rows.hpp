// The reference rows: a rigorous ERFA reduction of DE431, ten bodies, 1851 to 2026. Read by the tests only.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "planets/sky.hpp"

namespace orrery::planets {

struct OracleRow {
  std::string text;
  Body body;
  Instant instant;
  Observer observer;
  EarthOrientation orientation;
  Degrees azimuth, altitude, right_ascension, declination;
  double distance;
};

inline Instant utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, double second = 0) {
  return Instant::from_civil({year, month, day, hour, minute, second}).value();
}

inline Instant parsed_utc(const std::string& text) {
  CivilTime time;
  int second = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%dZ", &time.year, &time.month, &time.day, &time.hour, &time.minute,
                  &second) != 6)
    throw std::runtime_error("no time: " + text);
  time.second = second;
  return Instant::from_civil(time).value();
}

inline OracleRow parsed_row(const std::string& line) {
  std::istringstream fields(line);
  std::vector<std::string> cells;
  for (std::string cell; std::getline(fields, cell, ',');) cells.push_back(cell);
  const auto number = [&](std::size_t i) { return std::stod(cells.at(i)); };
  return {line,
          body_named(cells.at(0)).value(),
          parsed_utc(cells.at(1)),
          {{number(2)}, {number(3)}, {number(4)}},
          {Seconds{number(5)}, Seconds{number(6)}},
          {number(7)},
          {number(8)},
          {number(9)},
          {number(10)},
          number(11)};
}

inline std::vector<OracleRow> oracle_rows() {
  std::ifstream in(ORRERY_TEST_DATA_DIR "/unit/planets/oracle_cases.csv");
  std::vector<OracleRow> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) rows.push_back(parsed_row(line));
  return rows;
}

// Great-circle distance in arcseconds between two directions given as (azimuth or right ascension,
// elevation).
inline double separation(Degrees a1, Degrees h1, Degrees a2, Degrees h2) {
  const double turn = std::sin((radians(a1) - radians(a2)) / 2);
  const double tilt = std::sin((radians(h1) - radians(h2)) / 2);
  const double half = tilt * tilt + std::cos(radians(h1)) * std::cos(radians(h2)) * turn * turn;
  return 2 * std::asin(std::sqrt(half)) * (180 / std::numbers::pi) * 3600;
}

inline double horizontal_separation(const SkyPosition& a, const SkyPosition& b) {
  return separation(a.azimuth, a.altitude, b.azimuth, b.altitude);
}

inline double equatorial_separation(const SkyPosition& a, const SkyPosition& b) {
  return separation(a.right_ascension, a.declination, b.right_ascension, b.declination);
}

inline SkyPosition position_in(const OracleRow& row) {
  return {{row.azimuth, row.altitude}, row.right_ascension, row.declination, {row.distance}, {}};
}

inline bool all_finite(const SkyPosition& p) {
  for (double v : {p.azimuth.value, p.altitude.value, p.right_ascension.value, p.declination.value, p.distance.value,
                   p.light_time.count()})
    if (!std::isfinite(v)) return false;
  return true;
}

inline bool all_nan(const SkyPosition& p) {
  for (double v : {p.azimuth.value, p.altitude.value, p.right_ascension.value, p.declination.value, p.distance.value,
                   p.light_time.count()})
    if (!std::isnan(v)) return false;
  return true;
}

}  // namespace orrery::planets
