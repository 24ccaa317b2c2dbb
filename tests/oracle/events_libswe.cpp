// Rise, transit and set against libswe's swe_rise_trans: many places and dates, polar ones and the date line among
// them. libswe is given our standard altitudes as the height of its horizon, so that the same event is asked for.
// Where a body only grazes the horizon a thousandth of an arc second is many seconds: there altitudes are compared.
#include <catch2/catch.hpp>

#include "oracle/libswe.hpp"
#include "planets/events.hpp"

namespace orrery::planets {
namespace {

// UT1 is UTC here.
const EarthRotation kUt1IsUtc = EarthRotation::constant(Seconds{0}).value();

// Seconds after the case's instant; nothing when libswe finds none.
std::optional<double> by_libswe(const Case& c, Body body, EventKind kind) {
  char message[AS_MAXCH] = {};
  std::array<double, 3> place = {c.observer.longitude.value, c.observer.latitude.value, c.observer.elevation.value};
  swe_set_delta_t_userdef(c.orientation.tt_minus_ut1.count() / 86400);
  constexpr std::array<int, 3> kWhat = {SE_CALC_RISE, SE_CALC_MTRANSIT, SE_CALC_SET};
  int what = kWhat[static_cast<std::size_t>(kind)];
  double horizon = body == Body::kSun ? -50.0 / 60 : -34.0 / 60;
  if (kind != EventKind::kTransit) what |= SE_BIT_NO_REFRACTION | (body == Body::kMoon ? 0 : SE_BIT_DISC_CENTER);
  double time = 0;
  const double from = julian_date(c.instant);
  const int found = swe_rise_trans_true_hor(from, swiss_number(body), nullptr, SEFLG_SWIEPH, what, place.data(), 0, 0,
                                            horizon, &time, message);
  if (found == -1) throw std::runtime_error(message);
  if (found == -2) return {};
  return (time - from) * 86400;
}

double height(const Case& c, Body body, double seconds) {
  const SkyPosition p = kUt1IsUtc.sky(c.instant.later(Seconds{seconds}), c.observer).position(body);
  return p.altitude.value - standard_altitude(body, p.distance).value;
}

// Arc seconds a second, as the body crosses the horizon.
double climb(const Case& c, Body body, double seconds) {
  return std::abs(height(c, body, seconds + 1) - height(c, body, seconds - 1)) / 2 * 3600;
}

struct Tally {
  double worst = 0;          // seconds
  double worst_grazing = 0;  // arc seconds
  int found = 0;
  int none = 0;
  int disputed = 0;  // one finds it, the other does not
};

void judge(const Case& c, Body body, EventKind kind, double ours, double theirs, Tally& tally) {
  ++tally.found;
  const double apart = std::abs(ours - theirs);
  const double rate = kind == EventKind::kTransit ? 15 : climb(c, body, ours);
  if (rate > 1)
    tally.worst = std::max(tally.worst, apart);
  else
    tally.worst_grazing = std::max(tally.worst_grazing, apart * rate);
}

void compare(const Case& c, Body body, EventKind kind, Tally& tally) {
  const auto theirs = by_libswe(c, body, kind);
  const auto next = next_events(body, kUt1IsUtc, c.observer, c.instant).times[static_cast<std::size_t>(kind)];
  const auto ours = next ? std::optional{(*next - c.instant).count()} : std::nullopt;
  // libswe searches 28 hours too, but does not see what happens in its last step of two hours.
  const bool at_the_end = ours.value_or(0) > 26 * 3600 || theirs.value_or(0) > 26 * 3600;
  if (ours && theirs)
    judge(c, body, kind, *ours, *theirs, tally);
  else if (!ours && !theirs)
    ++tally.none;
  else if (!at_the_end)
    ++tally.disputed;
}

Tally tally_of(Body body, double most_latitude, int cases, std::optional<double> longitude = {}) {
  std::mt19937_64 engine{static_cast<std::uint64_t>(body) + 100};
  Tally tally;
  for (int i = 0; i < cases; ++i) {
    Case c = random_case(engine, 1950, 2050, most_latitude);
    if (longitude) c.observer.longitude = {*longitude};
    for (EventKind kind : {EventKind::kRise, EventKind::kTransit, EventKind::kSet}) compare(c, body, kind, tally);
  }
  return tally;
}

}  // namespace

TEST_CASE_METHOD(SwissFiles, "rise, transit and set agree with libswe within a second", "[oracle]") {
  for (Body body : kBodies) {
    const Tally tally = tally_of(body, 66, 150);
    INFO(name_of(body) << ": " << tally.worst << " s, " << tally.worst_grazing << " arc seconds, " << tally.found
                       << " found " << tally.none << " none");
    CHECK(tally.worst < 1);
    CHECK(tally.worst_grazing < 0.5);
    CHECK(tally.disputed == 0);
    CHECK(tally.found > 440);
  }
}

TEST_CASE_METHOD(SwissFiles, "rise and set near the poles agree with libswe", "[oracle]") {
  for (Body body : kBodies) {
    const Tally tally = tally_of(body, 89.9, 150);
    INFO(name_of(body) << ": " << tally.worst << " s, " << tally.worst_grazing << " arc seconds, " << tally.found
                       << " found " << tally.none << " none");
    CHECK(tally.worst < 1);
    CHECK(tally.worst_grazing < 0.5);
    CHECK(tally.disputed == 0);
    CHECK(tally.none > 10);
  }
}

TEST_CASE_METHOD(SwissFiles, "rise, transit and set on the date line agree with libswe", "[oracle]") {
  for (double longitude : {180.0, -180.0}) {
    for (Body body : {Body::kSun, Body::kMoon, Body::kMars}) {
      const Tally tally = tally_of(body, 66, 40, longitude);
      CHECK(tally.worst < 1);
      CHECK(tally.disputed == 0);
    }
  }
}

}  // namespace orrery::planets
