// Almanac: the answers of /events, /events.ics, /eclipses and /twilight: what the bodies do together, as JSON or as a
// calendar, what a place sees of eclipses, and the light of its days.
//
// A request and the Earth's rotation in, a response out; in a worker. It never answers a query that has a problem.
#pragma once

#include "orrery/request.hpp"
#include "orrery/response.hpp"

#include "planets/earth_rotation.hpp"
#include "planets/eclipses.hpp"
#include "planets/json.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

/// `{"events":[{"event":"full_moon","time":…,"bodies":["moon"],…},…],"from":…,"to":…}`, with a place also `here` of
/// each eclipse; a calendar where the client asks for text/calendar and not for JSON; 406 where it takes neither.
[[nodiscard]] Response answer_phenomena(const Request& request, const EarthRotation& rotation);

/// The same as a calendar.
[[nodiscard]] Response answer_calendar(const Request& request, const EarthRotation& rotation);

/// `{"eclipses":[{"eclipse":"total_solar_eclipse","time":…,"magnitude":…,"here":{"visible":true,"magnitude":…,
/// "obscuration":…,"phases":[{"phase":"partial_begins","time":…,"az":…,"alt":…},…]}},…],"geo_location":…,…}`.
[[nodiscard]] Response answer_eclipses(const Request& request, const EarthRotation& rotation);

/// `{"twilight":[{"event":"sunset","time":…},…],"light":"day","geo_location":…,"from":…,"to":…}`.
[[nodiscard]] Response answer_twilight(const Request& request, const EarthRotation& rotation);

/// An eclipse as /eclipses has it: `{"eclipse":…,"time":…,"magnitude":…,"here":{…}}`.
void put_eclipse(JsonText& json, const Eclipse& eclipse, Instant time, const Query& query,
                 const EarthRotation& rotation);

}  // namespace orrery::planets
