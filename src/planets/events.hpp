// Rising, culminating and setting. Pure; allocates only what it returns.
//
// A body rises and sets when the airless altitude of its centre is its standard altitude, whatever the weather of the
// query: -34' for the planets (34' of refraction at the horizon, the almanacs' convention), -50' for the Sun (and 16'
// of semidiameter), -34' and its own semidiameter for the Moon, as large as it is seen from there. The horizon is the
// mathematical one: no dip for the observer's elevation. It transits when its topocentric hour angle is nought.
// Found by sampling the altitude every hour, looking closer where it only touches the horizon between two samples.
// The search looks an hour beyond both ends of its span. Where the sky is not known (outside of the table, an observer
// who is no place) it throws std::domain_error: a list that is silently short would be wrong.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "planets/earth_rotation.hpp"

namespace orrery::planets {

enum class EventKind : std::uint8_t { kRise, kTransit, kSet };

[[nodiscard]] std::string_view name_of(EventKind kind) noexcept;

struct SkyEvent {
  EventKind kind;
  Instant time;
};

// Whether a body crosses the horizon within the time looked at.
enum class Visibility : std::uint8_t { kRisesAndSets, kAlwaysUp, kAlwaysDown };

[[nodiscard]] std::string_view name_of(Visibility visibility) noexcept;

struct EventList {
  std::vector<SkyEvent> events;  // in order of time
  Visibility visibility;
};

struct NextEvents {
  std::array<std::optional<Instant>, 3> times;  // by EventKind
  Visibility visibility;
};

// Everybody who rises and sets daily does so in 28 hours, the Moon too.
inline constexpr std::chrono::hours kNextEventsSpan{28};

// The first of each kind at or after `from`, within kNextEventsSpan; nothing when there is none.
[[nodiscard]] NextEvents next_events(Body body, const EarthRotation& rotation, const Observer& observer, Instant from);

// All in [from, from + span).
[[nodiscard]] EventList events_within(Body body, const EarthRotation& rotation, const Observer& observer, Instant from,
                                      Seconds span);

// When the centre comes above (kRise) and goes below (kSet) an altitude without air, in [from, from + span).
[[nodiscard]] std::vector<SkyEvent> crossings_within(Body body, const EarthRotation& rotation, const Observer& observer,
                                                     Instant from, Seconds span, Degrees altitude);

// What the airless altitude of the centre is at rise and set.
[[nodiscard]] Degrees standard_altitude(Body body, AstronomicalUnits distance) noexcept;

}  // namespace orrery::planets
