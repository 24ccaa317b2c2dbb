// Random skies against the Swiss Ephemeris, an independent reduction of the same JPL data; built where libswe
// is. Three known differences are libswe's. Its topocentric Moon is up to 0.28" wrong (its observer's frame
// lacks nutation); outside 1850 to 2050 its sidereal time is its own, so only right ascension and declination
// are compared there; within a degree of the Sun it bends light by an extended mass.
#include <catch2/catch.hpp>

#include "oracle/libswe.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

SkyPosition by_libswe(const Case& c, Body body) {
  char message[AS_MAXCH] = {};
  const double ut1 = julian_date(c.instant);
  std::array<double, 3> place = {c.observer.longitude.value, c.observer.latitude.value, c.observer.elevation.value};
  std::array<double, 6> equatorial{};
  std::array<double, 3> horizontal{};
  swe_set_delta_t_userdef(c.orientation.tt_minus_ut1.count() / 86400);
  swe_set_topo(place[0], place[1], place[2]);
  const int flags =
      swe_calc_ut(ut1, swiss_number(body), SEFLG_SWIEPH | SEFLG_TOPOCTR | SEFLG_EQUATORIAL, equatorial.data(), message);
  if (flags < 0 || !(flags & SEFLG_SWIEPH)) throw std::runtime_error(message);
  swe_azalt(ut1, SE_EQU2HOR, place.data(), 0, 0, equatorial.data(), horizontal.data());
  return {{{horizontal[0] + 180}, {horizontal[1]}}, {equatorial[0]}, {equatorial[1]}, {equatorial[2]}, {}};
}

struct Worst {
  double horizontal = 0;
  double equatorial = 0;
  double distance = 0;  // relative

  void see(const SkyPosition& ours, const SkyPosition& theirs) {
    horizontal = std::max(horizontal, horizontal_separation(ours, theirs));
    equatorial = std::max(equatorial, equatorial_separation(ours, theirs));
    distance = std::max(distance, std::abs(ours.distance.value / theirs.distance.value - 1));
  }
};

bool near_sun(const Sky& sky, const SkyPosition& position) {
  return equatorial_separation(sky.position(Body::kSun), position) < 3600;
}

Worst worst_of(Body body, int first_year, int last_year) {
  std::mt19937_64 engine{static_cast<std::uint64_t>(body) + 1};
  Worst worst;
  for (int i = 0; i < 400; ++i) {
    const Case c = random_case(engine, first_year, last_year);
    const Sky sky(c.instant, c.orientation, c.observer);
    const SkyPosition ours = sky.position(body);
    if (body == Body::kSun || !near_sun(sky, ours)) worst.see(ours, by_libswe(c, body));
  }
  return worst;
}

}  // namespace

TEST_CASE_METHOD(SwissFiles, "azimuth and altitude agree with libswe, 1950 to 2050", "[oracle]") {
  for (Body body : kBodies) {
    const Worst worst = worst_of(body, 1950, 2050);
    INFO(name_of(body) << ": " << worst.horizontal << " " << worst.equatorial << " " << worst.distance);
    CHECK(worst.horizontal < (body == Body::kMoon ? 0.3 : 0.005));
    CHECK(worst.equatorial < (body == Body::kMoon ? 0.3 : 0.005));
    CHECK(worst.distance < (body == Body::kMoon ? 1e-6 : 2e-8));
  }
}

TEST_CASE_METHOD(SwissFiles, "right ascension and declination agree with libswe, 1850 to 2149", "[oracle]") {
  for (Body body : kBodies) {
    const Worst worst = worst_of(body, 1850, 2150);
    INFO(name_of(body) << ": " << worst.equatorial << " " << worst.distance);
    CHECK(worst.equatorial < (body == Body::kMoon ? 0.3 : 0.01));
    CHECK(worst.distance < (body == Body::kMoon ? 1e-6 : 2e-8));
  }
}

}  // namespace orrery::planets
