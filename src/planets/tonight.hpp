// Tonight: the answer of /tonight, what one night over a place has to show, as JSON.
//
// A request and the Earth's rotation in, a response out; in a worker. It only writes down what night.hpp finds, and
// never answers a query that has a problem.
#pragma once

#include "orrery/request.hpp"
#include "orrery/response.hpp"

#include "planets/earth_rotation.hpp"

namespace orrery::planets {

/// `{"night":{"from":…,"to":…,"since":…,"until":…},"sun":{…},"twilight":[…],"moon":{…},"bodies":[{"name":"venus",
/// "sight":"eye","best":{"time":…,"az":…,"alt":…,"direction":"SSW"},…},…],"eclipses":[…],"geo_location":…,"time":…}`.
[[nodiscard]] Response answer_tonight(const Request& request, const EarthRotation& rotation);

}  // namespace orrery::planets
