// The JSON of the service's answers: what a body's members are called, and how a refusal looks.
//
// Pure: a query and the Earth's rotation in, text out. The default answer costs one string; only asked-for fields cost
// more.
#pragma once

#include <string>
#include <vector>

#include "orrery/response.hpp"

#include "planets/earth_rotation.hpp"
#include "planets/json.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

/// `{"name":"mars","az":…,"alt":…,"geo_location":…,"time":…}` and a newline.
[[nodiscard]] std::string body_json(const Query& query, const EarthRotation& rotation, Body body);

/// `{"planets":[…],"geo_location":…,"time":…}`, without the newline.
[[nodiscard]] std::string sky_json(const Query& query, const EarthRotation& rotation);

/// `{"name":…,"events":[{"event":"rise","time":…,"az":…,"alt":…},…],"visibility":…,"geo_location":…,"from":…,"to":…}`
/// and a newline.
[[nodiscard]] std::string events_json(const EventsQuery& query, const EarthRotation& rotation, Body body);

/// `{"error":{"status":400,"message":"lon must be …"}}`.
[[nodiscard]] Response refusal(int status, const std::string& message);
[[nodiscard]] Response refusal(const std::vector<std::string>& problems);

/// `,"geo_location":{"lon":…,"lat":…,"elevation":…}`.
void put_place(JsonText& json, const Observer& observer);

/// An RFC 3339 timestamp; the quotes are the caller's.
void put_time(JsonText& json, Instant instant);

/// The same with its quotes, to the second: of what was computed to be there.
void put_second(JsonText& json, Instant instant);

/// All that an answer for every body depends on, as a text: the same for the same place, instant and air.
[[nodiscard]] std::string key_of(const Query& query);

/// `,"az":…,"alt":…`: the altitude as it is seen through the query's air.
void put_direction(JsonText& json, const Query& query, const Sky& sky, Body body);

/// `,…,…`: the same two as a table has them.
void put_direction_cells(JsonText& row, const Query& query, const Sky& sky, Body body);

}  // namespace orrery::planets
