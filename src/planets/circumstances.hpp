// Circumstances: what a place sees of an eclipse: when its phases begin and end, how much is covered, and whether the
// body is above the horizon. Pure; allocates only what it returns.
//
// Of the Sun: the discs of Sun and Moon as they are seen from there, of the radii in eclipses.hpp. Of the Moon the
// phases are the same for every place; what differs is where the Moon stands. The horizon is that of rise and set
// (events.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "planets/eclipses.hpp"

namespace orrery::planets {

/// In the order in which they come.
enum class EclipsePhase : std::uint8_t {
  kPenumbralBegins,  // of the Moon, as kPenumbralEnds
  kPartialBegins,
  kAnnularBegins,  // of the Sun, as kAnnularEnds
  kTotalBegins,
  kGreatest,
  kTotalEnds,
  kAnnularEnds,
  kPartialEnds,
  kPenumbralEnds,
};

inline constexpr std::array<std::string_view, 9> kEclipsePhaseNames = {
    "penumbral_begins", "partial_begins", "annular_begins", "total_begins",   "greatest",
    "total_ends",       "annular_ends",   "partial_ends",   "penumbral_ends",
};

[[nodiscard]] constexpr std::string_view name_of(EclipsePhase phase) noexcept {
  return kEclipsePhaseNames[static_cast<std::size_t>(phase)];
}

struct PhaseMoment {
  EclipsePhase phase;
  Instant time;
};

struct Circumstances {
  std::vector<PhaseMoment> phases;  ///< none where the Moon passes beside the Sun
  double magnitude = 0;             ///< of the Sun's diameter, as seen from there; the Moon's is the eclipse's own
  double obscuration = 0;           ///< of the Sun's disc, 0 to 1; nought for the Moon's
  bool is_visible = false;          ///< the body is above the horizon during some part of it
};

/// `greatest` is the eclipse's own moment, for the whole Earth.
[[nodiscard]] Circumstances circumstances(const Eclipse& eclipse, Instant greatest, const EarthRotation& rotation,
                                          const Observer& observer);

}  // namespace orrery::planets
