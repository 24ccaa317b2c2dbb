// The constellations' boundaries (Delporte 1930) as a table of zones, after Roman 1987. Generated; provenance and how
// to regenerate: README.md beside this file. Read only by constellation.cpp.
// Constants; never edited by hand.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "planets/vector.hpp"

namespace orrery::planets {

// From the ICRS to the mean equator and equinox of B1875, in which the boundaries run along the axes.
extern const Rotation kEquatorOf1875;

// The sky from `declination_from` northward, between two right ascensions, as far as no earlier zone has it.
struct ConstellationZone {
  std::int32_t right_ascension_from;  // 1/10000 hour
  std::int32_t right_ascension_to;
  std::int32_t declination_from;  // 1/10000 degree
  char name[4];
};

inline constexpr std::size_t kZoneCount = 357;
extern const std::array<ConstellationZone, kZoneCount> kZones;

}  // namespace orrery::planets
