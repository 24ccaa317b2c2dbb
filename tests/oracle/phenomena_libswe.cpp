// Phenomena and eclipses against libswe: bodies stand as a phenomenon says at its moment, by libswe's positions;
// eclipses of two centuries are the same, of the same kind and at the same time; and so are those that random places
// see. libswe has a Moon a thousandth larger and another rule for the Earth's shadow: seconds of a contact and
// hundredths of a magnitude.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "oracle/libswe.hpp"
#include "planets/circumstances.hpp"
#include "planets/phenomena.hpp"

namespace orrery::planets {
namespace {

const EarthRotation kUt1IsUtc = EarthRotation::constant(Seconds{0}).value();

double julian_tt(Instant instant) { return julian_date(instant) + tt_minus_utc(instant).count() / 86400; }

/// Apparent longitude, or right ascension, in degrees.
double angle_of(Body body, Instant instant, int frame) {
  std::array<double, 6> found{};
  char message[AS_MAXCH] = {};
  if (swe_calc(julian_tt(instant), swiss_number(body), SEFLG_SWIEPH | frame, found.data(), message) < 0)
    throw std::runtime_error(message);
  return found[0];
}

double turned(double angle) { return angle - 360 * std::floor((angle + 180) / 360); }

/// How far the bodies are from where the phenomenon has them, in degrees; nothing for what is no meeting.
std::optional<double> error_of(const Phenomenon& p) {
  using enum PhenomenonKind;
  const std::map<PhenomenonKind, double> ahead = {
      {kNewMoon, 0},      {kFirstQuarter, 90}, {kFullMoon, 180},         {kLastQuarter, 270},     {kOpposition, 180},
      {kMarchEquinox, 0}, {kJuneSolstice, 90}, {kSeptemberEquinox, 180}, {kDecemberSolstice, 270}};
  const auto longitude = [&](Body body) { return angle_of(body, p.time, 0); };
  if (p.kind >= kMarchEquinox && p.kind <= kDecemberSolstice) return turned(longitude(Body::kSun) - ahead.at(p.kind));
  if (ahead.contains(p.kind)) return turned(longitude(p.body) - longitude(Body::kSun) - ahead.at(p.kind));
  if (!p.other || is_eclipse(p.kind)) return {};
  if (p.body == Body::kSun) return turned(longitude(*p.other) - longitude(Body::kSun));
  return turned(angle_of(p.body, p.time, SEFLG_EQUATORIAL) - angle_of(*p.other, p.time, SEFLG_EQUATORIAL));
}

struct Theirs {
  int kind;
  double greatest;  // Julian date of UTC
};

EclipseKind solar_kind(int flags) {
  if (flags & SE_ECL_ANNULAR_TOTAL) return EclipseKind::kHybridSolar;
  if (flags & SE_ECL_TOTAL) return EclipseKind::kTotalSolar;
  return flags & SE_ECL_ANNULAR ? EclipseKind::kAnnularSolar : EclipseKind::kPartialSolar;
}

EclipseKind lunar_kind(int flags) {
  if (flags & SE_ECL_TOTAL) return EclipseKind::kTotalLunar;
  return flags & SE_ECL_PARTIAL ? EclipseKind::kPartialLunar : EclipseKind::kPenumbralLunar;
}

/// The next of libswe's after a Julian date.
Theirs next_eclipse(double from, bool of_moon) {
  std::array<double, 10> times{};
  char message[AS_MAXCH] = {};
  const int kind = of_moon ? swe_lun_eclipse_when(from, SEFLG_SWIEPH, 0, times.data(), 0, message)
                           : swe_sol_eclipse_when_glob(from, SEFLG_SWIEPH, 0, times.data(), 0, message);
  if (kind < 0) throw std::runtime_error(message);
  return {kind, times[0]};
}

void use_utc(Instant instant) { swe_set_delta_t_userdef(tt_minus_utc(instant).count() / 86400); }

}  // namespace

TEST_CASE_METHOD(SwissFiles, "at the moment of a phenomenon the bodies stand so, by libswe", "[oracle]") {
  for (const int year : {1860, 1912, 1969, 2000, 2020, 2026, 2030, 2099}) {
    const Instant from = Instant::from_civil({year, 1, 1}).value();
    int judged = 0;
    for (const Phenomenon& p : phenomena_within(kUt1IsUtc, from, Seconds{365 * 86400.0})) {
      const auto error = error_of(p);
      if (!error) continue;
      ++judged;
      INFO(year << ": " << name_of(p.kind) << " of " << name_of(p.body) << " on day " << p.time.day());
      // The Moon moves half an arc second in a second, to which the times are given here too.
      CHECK(std::abs(*error) * 3600 < 1);
    }
    CHECK(judged > 150);
  }
}

TEST_CASE_METHOD(SwissFiles, "eclipses of two centuries are those of libswe", "[oracle]") {
  for (const bool of_moon : {false, true}) {
    double worst = 0;
    int seen = 0;
    for (int year = 1901; year < 2100; ++year) {
      const Instant from = Instant::from_civil({year, 1, 1}).value();
      use_utc(from);
      const Geocentre centre{kUt1IsUtc, from};
      for (const Eclipse& ours : eclipses_within(centre, 365 * 86400.0)) {
        if (is_of_moon(ours.kind) != of_moon) continue;
        // The rule of the shadow decides whether the Moon touches it.
        if (ours.kind == EclipseKind::kPenumbralLunar && ours.magnitude < 0.05) continue;
        const double time = julian_date(from) + ours.greatest / 86400;
        const Theirs theirs = next_eclipse(time - 3, of_moon);
        INFO(year << ": " << ours.greatest / 86400 << " of magnitude " << ours.magnitude);
        const double apart = std::abs(theirs.greatest - time) * 86400;
        CHECK(apart < 20);
        worst = std::max(worst, apart);
        ++seen;
        const EclipseKind kind = of_moon ? lunar_kind(theirs.kind) : solar_kind(theirs.kind);
        const bool at_border = std::abs(ours.magnitude - 1) < 0.02 || ours.magnitude < 0.02 || ours.magnitude > 0.98;
        if (!at_border) CHECK(kind == ours.kind);
      }
    }
    INFO("worst: " << worst << " s of " << seen);
    CHECK(seen > 400);
  }
}

TEST_CASE_METHOD(SwissFiles, "what a place sees of the Sun's eclipses is what libswe says", "[oracle]") {
  std::mt19937_64 engine{20};
  int seen = 0;
  for (int i = 0; i < 60; ++i) {
    const Case c = random_case(engine, 1950, 2050, 70);
    use_utc(c.instant);
    std::array<double, 10> times{};
    std::array<double, 20> attributes{};
    std::array<double, 3> place = {c.observer.longitude.value, c.observer.latitude.value, c.observer.elevation.value};
    char message[AS_MAXCH] = {};
    const int flags = swe_sol_eclipse_when_loc(julian_date(c.instant), SEFLG_SWIEPH, place.data(), times.data(),
                                               attributes.data(), 0, message);
    REQUIRE(flags >= 0);
    // Where the Sun rises or sets within it, libswe's greatest moment is another.
    if (!(flags & SE_ECL_MAX_VISIBLE) || times[5] > 0 || times[6] > 0) continue;
    const double day = times[0] - julian_date(c.instant);
    const Geocentre centre{kUt1IsUtc, c.instant.later(Seconds{(day - 1) * 86400})};
    const auto found = eclipses_within(centre, 2 * 86400.0);
    REQUIRE(found.size() == 1);
    const Circumstances here = circumstances(found[0], centre.time(found[0].greatest), kUt1IsUtc, c.observer);
    INFO("after day " << c.instant.day() << " at " << place[0] << " " << place[1]);
    const std::map<EclipsePhase, double> theirs = {{EclipsePhase::kPartialBegins, times[1]},
                                                   {EclipsePhase::kGreatest, times[0]},
                                                   {EclipsePhase::kPartialEnds, times[4]}};
    // A grazing eclipse begins and ends many seconds later or earlier with a Moon that is larger.
    if (attributes[0] < 0.05) continue;
    CHECK(here.is_visible);
    CHECK(here.obscuration == Approx(std::min(1.0, attributes[2])).margin(0.01));
    for (const auto& [phase, time] : here.phases)
      if (theirs.contains(phase) && theirs.at(phase) > 0) {
        INFO(name_of(phase));
        CHECK(std::abs(julian_date(time) - theirs.at(phase)) * 86400 < 15);
      }
    ++seen;
  }
  CHECK(seen > 20);
}

}  // namespace orrery::planets
