// What bodies do together, against times that almanacs published (USNO, Espenak; Jupiter and Saturn in 2020 by
// libswe), and against themselves.
#include "planets/phenomena.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

using Kind = PhenomenonKind;

const EarthRotation kRotation;
constexpr Seconds kDay{86400};
constexpr Seconds kMinute{60};
constexpr Seconds kHour{3600};

std::string told(const Phenomenon& phenomenon) {
  std::string text{name_of(phenomenon.kind)};
  text.append(" ").append(name_of(phenomenon.body));
  if (phenomenon.other) text.append(" ").append(name_of(*phenomenon.other));
  return text;
}

/// The one of its kind within three days.
std::vector<Phenomenon> near(Instant instant, Kind kind, Body body, std::optional<Body> other) {
  auto found = phenomena_within(kRotation, instant.later(-1.5 * kDay), 3 * kDay);
  std::erase_if(found, [&](const Phenomenon& p) { return p.kind != kind || p.body != body || p.other != other; });
  return found;
}

}  // namespace

TEST_CASE("phenomena: at the times that almanacs published", "[planets]") {
  struct Row {
    Kind kind;
    Body body;
    std::optional<Body> other;
    Instant published;
    Seconds within;  // half of the last place that was published, and what the definitions leave open
    double angle;    // in degrees, to a tenth; below nought where none was published
  };
  const Row rows[] = {
      {Kind::kNewMoon, Body::kMoon, {}, utc(2000, 1, 6, 18, 14), kMinute, -1},
      {Kind::kFullMoon, Body::kMoon, {}, utc(2000, 1, 21, 4, 41), kMinute, -1},
      {Kind::kNewMoon, Body::kMoon, {}, utc(2024, 1, 11, 11, 57), kMinute, -1},
      {Kind::kFirstQuarter, Body::kMoon, {}, utc(2024, 1, 18, 3, 53), kMinute, -1},
      {Kind::kFullMoon, Body::kMoon, {}, utc(2024, 1, 25, 17, 54), kMinute, -1},
      {Kind::kLastQuarter, Body::kMoon, {}, utc(2025, 1, 21, 20, 31), kMinute, -1},
      {Kind::kFullMoon, Body::kMoon, {}, utc(2025, 3, 14, 6, 55), kMinute, -1},
      {Kind::kNewMoon, Body::kMoon, {}, utc(2025, 3, 29, 10, 58), kMinute, -1},
      {Kind::kMarchEquinox, Body::kSun, {}, utc(2000, 3, 20, 7, 35), kMinute, -1},
      {Kind::kJuneSolstice, Body::kSun, {}, utc(2024, 6, 20, 20, 51), kMinute, -1},
      {Kind::kSeptemberEquinox, Body::kSun, {}, utc(2025, 9, 22, 18, 19), kMinute, -1},
      {Kind::kDecemberSolstice, Body::kSun, {}, utc(2025, 12, 21, 15, 3), kMinute, -1},
      {Kind::kOpposition, Body::kMars, {}, utc(2003, 8, 28, 18), kHour, -1},
      {Kind::kOpposition, Body::kMars, {}, utc(2020, 10, 13, 23), kHour, -1},
      {Kind::kOpposition, Body::kMars, {}, utc(2025, 1, 16, 3), kHour, -1},
      {Kind::kOpposition, Body::kJupiter, {}, utc(2024, 12, 7, 21), kHour, -1},
      {Kind::kOpposition, Body::kSaturn, {}, utc(2025, 9, 21, 6), kHour, -1},
      {Kind::kOpposition, Body::kUranus, {}, utc(2025, 11, 21, 12), kHour, -1},
      {Kind::kOpposition, Body::kNeptune, {}, utc(2025, 9, 23, 13), kHour, -1},
      {Kind::kGreatestElongationEast, Body::kMercury, {}, utc(2025, 3, 8, 6), kHour, 18.2},
      {Kind::kGreatestElongationWest, Body::kMercury, {}, utc(2025, 4, 21, 19), kHour, 27.4},
      {Kind::kGreatestElongationEast, Body::kVenus, {}, utc(2025, 1, 10, 5), kHour, 47.2},
      {Kind::kGreatestElongationWest, Body::kVenus, {}, utc(2025, 6, 1, 3), kHour, 45.9},
      // The transits of Mercury and Venus, and a conjunction that two planets have once in twenty years.
      {Kind::kInferiorConjunction, Body::kSun, Body::kMercury, utc(2019, 11, 11, 15, 22), 2 * kMinute, -1},
      {Kind::kInferiorConjunction, Body::kSun, Body::kVenus, utc(2012, 6, 6, 1, 9), 2 * kMinute, 0.2},
      {Kind::kInferiorConjunction, Body::kSun, Body::kVenus, utc(2025, 3, 23, 1), kHour, 8.4},
      {Kind::kSuperiorConjunction, Body::kSun, Body::kVenus, utc(2024, 6, 4, 16), kHour, 0},
      {Kind::kConjunction, Body::kJupiter, Body::kSaturn, utc(2020, 12, 21, 13, 32), kMinute, 0.1},
      // Eclipses and what comes from 2026 to 2030.
      {Kind::kTotalSolarEclipse, Body::kSun, Body::kMoon, utc(2026, 8, 12, 17, 46), kMinute, -1},
      {Kind::kTotalLunarEclipse, Body::kMoon, {}, utc(2026, 3, 3, 11, 34), kMinute, -1},
      {Kind::kNewMoon, Body::kMoon, {}, utc(2026, 8, 12, 17, 37), kMinute, -1},
      {Kind::kFullMoon, Body::kMoon, {}, utc(2026, 3, 3, 11, 38), kMinute, -1},
      {Kind::kMarchEquinox, Body::kSun, {}, utc(2026, 3, 20, 14, 46), kMinute, -1},
      {Kind::kJuneSolstice, Body::kSun, {}, utc(2026, 6, 21, 8, 25), kMinute, -1},
      {Kind::kDecemberSolstice, Body::kSun, {}, utc(2030, 12, 21, 20, 9), kMinute, -1},
      {Kind::kOpposition, Body::kJupiter, {}, utc(2026, 1, 10, 9), kHour, -1},
      {Kind::kOpposition, Body::kMars, {}, utc(2027, 2, 19, 16), kHour, -1},
      {Kind::kGreatestElongationEast, Body::kMercury, {}, utc(2026, 2, 19, 18), kHour, 18.1},
      {Kind::kGreatestElongationEast, Body::kVenus, {}, utc(2026, 8, 15, 4), 3 * kHour, 45.9},
      {Kind::kInferiorConjunction, Body::kSun, Body::kVenus, utc(2026, 10, 24, 4), kHour, -1},
  };
  for (const Row& row : rows) {
    INFO(name_of(row.kind) << " " << name_of(row.body) << " on day " << row.published.day());
    const auto found = near(row.published, row.kind, row.body, row.other);
    REQUIRE(found.size() == 1);
    CHECK(std::abs((found[0].time - row.published).count()) <= row.within.count());
    if (row.angle >= 0) CHECK(found[0].separation.value == Approx(row.angle).margin(0.06));
  }
}

TEST_CASE("phenomena: a year has what a year has, in order and each once", "[planets]") {
  const Instant from = utc(2026, 1, 1);
  const auto year = phenomena_within(kRotation, from, 365 * kDay);
  const auto count = [&](auto is) { return std::ranges::count_if(year, is); };
  const auto of_kind = [&](Kind kind) { return count([&](const Phenomenon& p) { return p.kind == kind; }); };
  for (const Kind phase : {Kind::kNewMoon, Kind::kFirstQuarter, Kind::kFullMoon, Kind::kLastQuarter})
    CHECK((of_kind(phase) == 12 || of_kind(phase) == 13));
  for (const Kind season : {Kind::kMarchEquinox, Kind::kJuneSolstice, Kind::kSeptemberEquinox, Kind::kDecemberSolstice})
    CHECK(of_kind(season) == 1);
  // Jupiter in January, Pluto in July, Neptune in September, Saturn in October, Uranus in November; Mars is not until
  // 2027.
  CHECK(of_kind(Kind::kOpposition) == 5);
  CHECK(std::ranges::is_sorted(year, {}, &Phenomenon::time));
  for (const Phenomenon& p : year) {
    INFO(told(p));
    CHECK((p.time >= from && p.time < from.later(365 * kDay)));
    CHECK((p.separation.value >= 0 && p.separation.value <= 180));
    if (p.other) CHECK(p.body < *p.other);
    if (p.body == Body::kMoon && p.other) CHECK(p.separation.value < 12);
    CHECK(count([&](const Phenomenon& other) {
            return told(other) == told(p) && std::abs((other.time - p.time).count()) < 60;
          }) == 1);
  }
}

TEST_CASE("phenomena: a span in pieces has the same as the whole", "[planets]") {
  const Instant from = utc(2020, 12, 1);
  const auto whole = phenomena_within(kRotation, from, 60 * kDay);
  std::vector<Phenomenon> pieces;
  for (int i = 0; i < 60; i += 5)
    for (const Phenomenon& p : phenomena_within(kRotation, from.later(i * kDay), 5 * kDay)) pieces.push_back(p);
  REQUIRE(pieces.size() == whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    INFO(told(whole[i]));
    CHECK(told(pieces[i]) == told(whole[i]));
    CHECK(std::abs((pieces[i].time - whole[i].time).count()) < 1);
  }
}

TEST_CASE("phenomena: where a planet stands still, three conjunctions are found", "[planets]") {
  // Jupiter and Saturn met three times in 1981, on 14 January, 19 February and 30 July in right ascension.
  auto found = phenomena_within(kRotation, utc(1980, 12, 1), 365 * kDay);
  std::erase_if(found, [](const Phenomenon& p) { return p.body != Body::kJupiter || p.other != Body::kSaturn; });
  REQUIRE(found.size() == 3);
  CHECK(found[0].time.civil().month == 1);
  CHECK(found[1].time.civil().month == 2);
  CHECK(found[2].time.civil().month == 7);
}

TEST_CASE("phenomena: at the ends of the table", "[planets]") {
  const auto first = phenomena_within(kRotation, utc(1850, 1, 1), 30 * kDay);
  const auto last = phenomena_within(kRotation, utc(2149, 12, 2), 30 * kDay);
  for (const auto& found : {first, last}) {
    CHECK(found.size() >= 8);
    for (const Phenomenon& p : found) CHECK((in_range(p.time) && std::isfinite(p.separation.value)));
  }
  CHECK(phenomena_within(kRotation, utc(2026, 1, 1), Seconds{0}).empty());
}

}  // namespace orrery::planets
