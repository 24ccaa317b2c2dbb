// What places saw and will see of eclipses, against published times; tests/oracle compares many more with libswe.
#include "planets/circumstances.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <optional>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

using enum EclipsePhase;

const EarthRotation kRotation;
const Observer kOviedo{{-5.85}, {43.36}, {230}};

Circumstances seen(const Observer& observer, Instant day) {
  const Geocentre centre{kRotation, day};
  const auto eclipses = eclipses_within(centre, 86400);
  REQUIRE(eclipses.size() == 1);
  return circumstances(eclipses[0], centre.time(eclipses[0].greatest), kRotation, observer);
}

std::optional<Instant> time_of(const Circumstances& here, EclipsePhase phase) {
  const auto found = std::ranges::find(here.phases, phase, &PhaseMoment::phase);
  return found == here.phases.end() ? std::nullopt : std::optional{found->time};
}

}  // namespace

TEST_CASE("circumstances: a total eclipse of the Moon at its published times", "[planets]") {
  // Of 2025 March 14, by Espenak's figure, UT.
  const Circumstances here = seen({{-74}, {40.7}, {0}}, utc(2025, 3, 14));
  struct Row {
    EclipsePhase phase;
    Instant published;
  };
  for (const Row& row :
       {Row{kPenumbralBegins, utc(2025, 3, 14, 3, 57, 9)}, Row{kPartialBegins, utc(2025, 3, 14, 5, 9, 22)},
        Row{kTotalBegins, utc(2025, 3, 14, 6, 25, 58)}, Row{kGreatest, utc(2025, 3, 14, 6, 58, 43)},
        Row{kTotalEnds, utc(2025, 3, 14, 7, 31, 26)}, Row{kPartialEnds, utc(2025, 3, 14, 8, 48, 3)},
        Row{kPenumbralEnds, utc(2025, 3, 14, 10, 0, 19)}}) {
    INFO(name_of(row.phase));
    const auto time = time_of(here, row.phase);
    REQUIRE(time);
    CHECK(std::abs((*time - row.published).count()) < 60);
  }
  CHECK(here.is_visible);
  CHECK(here.phases.size() == 7);
  CHECK_FALSE(seen({{90}, {20}, {0}}, utc(2025, 3, 14)).is_visible);
}

TEST_CASE("circumstances: a total eclipse of the Sun where it is total, partial and none", "[planets]") {
  const Circumstances oviedo = seen(kOviedo, utc(2026, 8, 12));
  const auto begins = time_of(oviedo, kTotalBegins);
  const auto ends = time_of(oviedo, kTotalEnds);
  REQUIRE((begins && ends));
  // A minute and 48 seconds from 20:27 summer time on.
  CHECK((*ends - *begins).count() == Approx(108).margin(4));
  CHECK(std::abs((*begins - utc(2026, 8, 12, 18, 27)).count()) < 90);
  CHECK(oviedo.obscuration == 1);
  CHECK((oviedo.magnitude > 1 && oviedo.magnitude < 1.05));

  const Circumstances london = seen({{-0.13}, {51.5}, {20}}, utc(2026, 8, 12));
  CHECK(london.phases.size() == 3);
  CHECK(london.obscuration == Approx(0.91).margin(0.02));
  CHECK(london.is_visible);

  const Circumstances sydney = seen({{151.2}, {-33.9}, {0}}, utc(2026, 8, 12));
  CHECK(sydney.phases.empty());
  CHECK_FALSE(sydney.is_visible);
  CHECK(sydney.magnitude == 0);
  CHECK(sydney.obscuration == 0);
}

TEST_CASE("circumstances: an annular eclipse covers less than all", "[planets]") {
  // Albuquerque on 2023 October 14: annular for 4 minutes and 42 seconds from 16:34:35 UT on.
  const Circumstances here = seen({{-106.65}, {35.08}, {1600}}, utc(2023, 10, 14));
  const auto begins = time_of(here, kAnnularBegins);
  const auto ends = time_of(here, kAnnularEnds);
  REQUIRE((begins && ends));
  CHECK(std::abs((*begins - utc(2023, 10, 14, 16, 34, 35)).count()) < 20);
  CHECK((*ends - *begins).count() == Approx(288).margin(12));
  CHECK((here.obscuration > 0.88 && here.obscuration < 0.92));
}

TEST_CASE("circumstances: the phases come in order", "[planets]") {
  const Geocentre centre{kRotation, utc(2026, 1, 1)};
  int seen = 0;
  for (const Eclipse& eclipse : eclipses_within(centre, 5 * 366 * 86400.0))
    for (const double latitude : {-60.0, 0.0, 42.0, 75.0}) {
      const Circumstances here =
          circumstances(eclipse, centre.time(eclipse.greatest), kRotation, {{-4}, {latitude}, {0}});
      CHECK(std::ranges::is_sorted(here.phases, {}, &PhaseMoment::time));
      CHECK(std::ranges::is_sorted(here.phases, {}, &PhaseMoment::phase));
      CHECK((here.obscuration >= 0 && here.obscuration <= 1));
      seen += here.is_visible ? 1 : 0;
    }
  CHECK(seen > 20);
}

}  // namespace orrery::planets
