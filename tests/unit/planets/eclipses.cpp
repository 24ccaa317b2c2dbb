// Eclipses against the Five Millennium Canons of Espenak and Meeus: every one from 2026 to 2030, and hybrid ones.
#include "planets/eclipses.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

using enum EclipseKind;

const EarthRotation kRotation;
constexpr Seconds kDay{86400};

struct Row {
  EclipseKind kind;
  Instant greatest;  // published in TT, as if it were UTC
  double magnitude;
};

/// By the seconds since the published moment. The canons count in TT, and so do these times.
std::vector<Eclipse> found_near(Instant greatest) {
  const Geocentre centre{kRotation, greatest.later(-kDay - tt_minus_utc(greatest))};
  auto found = eclipses_within(centre, 2 * kDay.count());
  for (Eclipse& eclipse : found) eclipse.greatest -= kDay.count();
  return found;
}

}  // namespace

TEST_CASE("eclipses: kind, time and magnitude as the canons have them", "[planets]") {
  for (const Row& row : {
           Row{kAnnularSolar, utc(2026, 2, 17, 12, 13, 6), 0.9630},
           Row{kTotalLunar, utc(2026, 3, 3, 11, 34, 52), 1.1507},
           Row{kTotalSolar, utc(2026, 8, 12, 17, 47, 6), 1.0386},
           Row{kPartialLunar, utc(2026, 8, 28, 4, 14, 4), 0.9299},
           Row{kAnnularSolar, utc(2027, 2, 6, 16, 0, 48), 0.9281},
           Row{kPenumbralLunar, utc(2027, 2, 20, 23, 14, 6), 0.9266},
           Row{kTotalSolar, utc(2027, 8, 2, 10, 7, 50), 1.0790},
           Row{kPenumbralLunar, utc(2027, 8, 17, 7, 14, 59), 0.5456},
           Row{kPartialLunar, utc(2028, 1, 12, 4, 14, 13), 0.0662},
           Row{kAnnularSolar, utc(2028, 1, 26, 15, 8, 59), 0.9208},
           Row{kPartialLunar, utc(2028, 7, 6, 18, 20, 57), 0.3892},
           Row{kTotalSolar, utc(2028, 7, 22, 2, 56, 40), 1.0560},
           Row{kTotalLunar, utc(2028, 12, 31, 16, 53, 15), 1.2463},
           Row{kPartialSolar, utc(2029, 1, 14, 17, 13, 48), 0.8714},
           Row{kPartialSolar, utc(2029, 6, 12, 4, 6, 13), 0.4576},
           Row{kTotalLunar, utc(2029, 6, 26, 3, 23, 22), 1.8436},
           Row{kPartialSolar, utc(2029, 7, 11, 15, 37, 19), 0.2303},
           Row{kPartialSolar, utc(2029, 12, 5, 15, 3, 58), 0.8911},
           Row{kTotalLunar, utc(2029, 12, 20, 22, 43, 12), 1.1174},
           Row{kAnnularSolar, utc(2030, 6, 1, 6, 29, 13), 0.9443},
           Row{kPartialLunar, utc(2030, 6, 15, 18, 34, 34), 0.5025},
           Row{kTotalSolar, utc(2030, 11, 25, 6, 51, 37), 1.0468},
           Row{kPenumbralLunar, utc(2030, 12, 9, 22, 28, 51), 0.9416},
           Row{kHybridSolar, utc(2013, 11, 3, 12, 47, 36), 1.0159},
           Row{kHybridSolar, utc(2023, 4, 20, 4, 17, 56), 1.0132},
           Row{kTotalSolar, utc(2017, 8, 21, 18, 26, 40), 1.0306},
           Row{kTotalSolar, utc(2024, 4, 8, 18, 18, 29), 1.0566},
           Row{kAnnularSolar, utc(2023, 10, 14, 18, 0, 41), 0.9520},
       }) {
    INFO("the eclipse of day " << row.greatest.day() << ", of kind " << static_cast<int>(row.kind));
    const auto found = found_near(row.greatest);
    REQUIRE(found.size() == 1);
    CHECK(found[0].kind == row.kind);
    CHECK(std::abs(found[0].greatest) < 5);
    CHECK(found[0].magnitude == Approx(row.magnitude).margin(0.0015));
  }
}

TEST_CASE("eclipses: five years have theirs and no others", "[planets]") {
  // With one of the Moon's, on 2027 July 18, that by the canon has a magnitude of 0.0014 in the penumbra.
  const auto found = eclipses_within({kRotation, utc(2026, 1, 1)}, 1826 * kDay.count());
  CHECK(std::ranges::is_sorted(found, {}, &Eclipse::greatest));
  CHECK(std::ranges::count_if(found, [](const Eclipse& e) { return !is_of_moon(e.kind); }) == 12);
  const auto barely = [](const Eclipse& e) { return e.kind == kPenumbralLunar && e.magnitude < 0.01; };
  CHECK(std::ranges::count_if(found, [&](const Eclipse& e) { return is_of_moon(e.kind) && !barely(e); }) == 11);
}

TEST_CASE("eclipses: a span in pieces has the same as the whole", "[planets]") {
  const Geocentre centre{kRotation, utc(2028, 1, 1)};
  const auto whole = eclipses_within(centre, 366 * kDay.count());
  std::size_t pieces = 0;
  for (int day = 0; day < 366; day += 6)
    pieces += eclipses_within({kRotation, centre.time(day * kDay.count())}, 6 * kDay.count()).size();
  CHECK(whole.size() == 5);
  CHECK(pieces == whole.size());
}

TEST_CASE("eclipses: where the sky is not known there is none", "[planets]") {
  CHECK(eclipses_within({kRotation, utc(1840, 1, 1)}, 366 * kDay.count()).empty());
  CHECK(eclipses_within({kRotation, utc(2151, 1, 1)}, 366 * kDay.count()).empty());
}

}  // namespace orrery::planets
