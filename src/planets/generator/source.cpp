#include "planets/generator/source.hpp"

#include <cstdio>
#include <cstdlib>
#include <erfa.h>
#include <string>
#include <swephexp.h>

namespace orrery::planets {
namespace {

constexpr double kEarthMoonMassRatio = 81.30056907419062;  // DE431
constexpr int kFlags = SEFLG_SWIEPH | SEFLG_TRUEPOS | SEFLG_J2000 | SEFLG_ICRS | SEFLG_NONUT | SEFLG_EQUATORIAL |
                       SEFLG_XYZ | SEFLG_NOABERR | SEFLG_NOGDEFL;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "make_ephemeris: %s\n", what);
  std::exit(1);
}

std::array<double, 4> position(int body, int origin, double jd) {
  char message[AS_MAXCH] = {};
  double out[6];
  const int flags = swe_calc(jd, body, kFlags | origin, out, message);
  // With a file missing libswe falls back to a worse theory and only the flags tell.
  if (flags < 0 || !(flags & SEFLG_SWIEPH)) fail(message);
  return {out[0], out[1], out[2], 0};
}

std::array<double, 4> earth_moon_barycentre(double jd) {
  std::array<double, 4> earth = position(SE_EARTH, SEFLG_BARYCTR, jd);
  const std::array<double, 4> moon = position(SE_MOON, 0, jd);
  for (std::size_t i = 0; i < 3; ++i) earth[i] += moon[i] / (1 + kEarthMoonMassRatio);
  return earth;
}

std::array<double, 4> pole(double jd) {
  double dpsi, deps, gamb, phib, psib, epsa, matrix[3][3], x, y;
  eraNut06a(jd, 0, &dpsi, &deps);
  eraPfw06(jd, 0, &gamb, &phib, &psib, &epsa);
  eraFw2m(gamb, phib, psib + dpsi, epsa + deps, matrix);
  eraBpn2xy(matrix, &x, &y);
  const double s = eraS06(jd, 0, x, y);
  return {x, y, s, eraEors(matrix, s)};
}

constexpr int swiss_number(Series series) {
  constexpr std::array<int, 9> kNumbers = {SE_SUN,    SE_MERCURY, SE_VENUS,   SE_MARS, SE_JUPITER,
                                           SE_SATURN, SE_URANUS,  SE_NEPTUNE, SE_PLUTO};
  return kNumbers[static_cast<std::size_t>(series)];
}

}  // namespace

Source::Source(const char* directory) { swe_set_ephe_path(std::string(directory).data()); }

Source::~Source() { swe_close(); }

std::array<double, 4> Source::value(Series series, double jd) const {
  switch (series) {
    case Series::kPole: return pole(jd);
    case Series::kMoon: return position(SE_MOON, 0, jd);
    case Series::kEarthMoon: return earth_moon_barycentre(jd);
    default: return position(swiss_number(series), SEFLG_BARYCTR, jd);
  }
}

double Source::delta_t(double jd) const {
  char message[AS_MAXCH] = {};
  return swe_deltat_ex(jd, SEFLG_SWIEPH, message) * 86400;
}

}  // namespace orrery::planets
