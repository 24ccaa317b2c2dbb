// Night: what one night over a place has to show: each body with what, when and where it is seen best, the Moon, the
// twilights and the eclipses.
//
// A night goes from one mean noon of the longitude to the next. Pure: a query and the Earth's rotation in, values out;
// in a worker. What it says of a moment is computed for that moment (sight.hpp); moments are ten minutes apart.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "planets/circumstances.hpp"
#include "planets/events.hpp"
#include "planets/query.hpp"
#include "planets/sight.hpp"
#include "planets/twilight.hpp"

namespace orrery::planets {

/// Why a body is not to be seen in a night.
enum class Unseen : std::uint8_t { kNotUp, kNearSun, kByDayOnly, kTooLow, kTooFaint };

/// In the order of Unseen.
inline constexpr std::array<std::string_view, 5> kUnseenNames = {"not_above_horizon", "too_near_sun", "up_only_by_day",
                                                                 "too_low_in_the_dark", "too_faint"};

[[nodiscard]] constexpr std::string_view name_of(Unseen unseen) noexcept {
  return kUnseenNames[static_cast<std::size_t>(unseen)];
}

/// A body in a night.
struct Show {
  struct Moment {
    Instant time;
    Look look;
  };
  Body body;
  double magnitude;                 ///< at its best moment, or in the middle of the night
  std::optional<Moment> best;       ///< nothing: it is not to be seen, and `why` says why not
  std::optional<Instant> from, to;  ///< it is seen as well from and up to; of the night or the day that `best` is in
  Unseen why = Unseen::kTooFaint;
};

struct NightMoon {
  double phase;  ///< the lit part of its disc in the middle of the night
  bool waxing;
  Degrees tilt;  ///< where its lit side points at its best moment, clockwise from rightward with the zenith up
  NextEvents events;
};

struct NightEclipse {
  Eclipse eclipse;
  Instant time;  ///< at which it is greatest, anywhere
};

/// The same night is the answer for each moment in [since, until): until the Sun comes up in its morning.
struct NightSpan {
  Instant from, to;
  Instant since, until;
};

struct Night {
  NightSpan span;
  Visibility sun;
  Degrees darkest;  ///< the Sun's lowest airless altitude
  std::vector<TwilightEvent> twilight;
  NightMoon moon;
  std::vector<Show> shows;             ///< what needs no glass first, then by the hour; what is not seen last
  std::vector<NightEclipse> eclipses;  ///< those that the place sees
};

/// The night around the query's instant, or the next one when the Sun is up after it. Its ends are within the tables.
[[nodiscard]] NightSpan night_around(const Query& query, const EarthRotation& rotation);

[[nodiscard]] Night night_of(const Query& query, const EarthRotation& rotation);

}  // namespace orrery::planets
