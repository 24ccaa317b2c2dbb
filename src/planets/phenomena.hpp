// Phenomena: what the bodies do together, seen from the Earth's centre: the Moon's phases, eclipses, conjunctions,
// oppositions, greatest elongations, equinoxes and solstices. Pure; allocates only what it returns.
//
// An eclipse (eclipses.hpp) is at the moment at which it is greatest, wherever on the Earth that is. Phases,
// oppositions, conjunctions with the Sun, equinoxes and solstices are by apparent ecliptic longitude, as almanacs have
// them; conjunctions of the Moon and planets with each other by apparent right ascension. Elongation is the angle
// itself. Found by sampling every day and looking closer; two conjunctions within a day, around a planet's standstill,
// are both found. What lies outside of the table of positions is not found.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "planets/earth_rotation.hpp"
#include "planets/eclipses.hpp"

namespace orrery::planets {

enum class PhenomenonKind : std::uint8_t {
  kNewMoon,
  kFirstQuarter,
  kFullMoon,
  kLastQuarter,
  kConjunction,          // of two bodies; of Mercury or Venus with the Sun it is one of the next two
  kInferiorConjunction,  // Mercury or Venus between Earth and Sun
  kSuperiorConjunction,  // behind the Sun
  kOpposition,
  kGreatestElongationEast,  // in the evening sky
  kGreatestElongationWest,  // in the morning sky
  kMarchEquinox,
  kJuneSolstice,
  kSeptemberEquinox,
  kDecemberSolstice,
  kPenumbralLunarEclipse,  // from here on in the order of EclipseKind
  kPartialLunarEclipse,
  kTotalLunarEclipse,
  kPartialSolarEclipse,
  kAnnularSolarEclipse,
  kHybridSolarEclipse,
  kTotalSolarEclipse,
};

/// In the order of PhenomenonKind.
inline constexpr std::array<std::string_view, 21> kPhenomenonNames = {
    "new_moon",
    "first_quarter",
    "full_moon",
    "last_quarter",
    "conjunction",
    "inferior_conjunction",
    "superior_conjunction",
    "opposition",
    "greatest_elongation_east",
    "greatest_elongation_west",
    "march_equinox",
    "june_solstice",
    "september_equinox",
    "december_solstice",
    "penumbral_lunar_eclipse",
    "partial_lunar_eclipse",
    "total_lunar_eclipse",
    "partial_solar_eclipse",
    "annular_solar_eclipse",
    "hybrid_solar_eclipse",
    "total_solar_eclipse",
};

[[nodiscard]] constexpr std::string_view name_of(PhenomenonKind kind) noexcept {
  return kPhenomenonNames[static_cast<std::size_t>(kind)];
}

[[nodiscard]] constexpr PhenomenonKind phenomenon_of(EclipseKind kind) noexcept {
  const auto first = static_cast<std::size_t>(PhenomenonKind::kPenumbralLunarEclipse);
  return static_cast<PhenomenonKind>(first + static_cast<std::size_t>(kind));
}

[[nodiscard]] constexpr bool is_eclipse(PhenomenonKind kind) noexcept {
  return kind >= PhenomenonKind::kPenumbralLunarEclipse;
}

/// Of one that is_eclipse().
[[nodiscard]] constexpr EclipseKind eclipse_of(PhenomenonKind kind) noexcept {
  const auto first = static_cast<std::size_t>(PhenomenonKind::kPenumbralLunarEclipse);
  return static_cast<EclipseKind>(static_cast<std::size_t>(kind) - first);
}

struct Phenomenon {
  PhenomenonKind kind;
  Instant time;
  Body body;                  // of two the first in kBodies; the Sun for equinoxes and solstices
  std::optional<Body> other;  // of every conjunction; of an eclipse of the Sun the Moon
  Degrees separation;         // from the other, or from the Sun; 0 for equinoxes and solstices
  double magnitude = 0;       // of an eclipse
};

/// All in [from, from + span), in order of time. Pluto is left out of conjunctions with others than the Sun.
[[nodiscard]] std::vector<Phenomenon> phenomena_within(const EarthRotation& rotation, Instant from, Seconds span);

}  // namespace orrery::planets
