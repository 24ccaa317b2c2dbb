// What the generator tabulates: positions from JPL DE431 through the Swiss Ephemeris' files, the pole from
// ERFA, and delta-T. A developer's tool: never linked into the server. Any failure ends the program with a
// sentence.
#pragma once

#include <array>

#include "planets/layout.hpp"

namespace orrery::planets {

// Opens the Swiss Ephemeris; its constructor and destructor bracket every use of the functions below.
class Source {
 public:
  explicit Source(const char* directory);
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // The lanes of a series at a Julian date TT.
  std::array<double, 4> value(Series series, double jd) const;

  // TT - UT1 in seconds at a Julian date UT1.
  double delta_t(double jd) const;
};

}  // namespace orrery::planets
