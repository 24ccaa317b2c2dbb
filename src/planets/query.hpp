// Query: the parameters of a planet request, read and checked: where the observer is, when, and the air.
//
// Reads every parameter before it answers, so a client hears of all its mistakes at once, each with the parameter's name.
#pragma once

#include <string>
#include <vector>

#include "orrery/request.hpp"

#include "planets/field.hpp"
#include "planets/instant.hpp"
#include "planets/observer.hpp"
#include "planets/units.hpp"

namespace orrery::planets {

/// The observatory the original application falls back to when a coordinate is missing.
inline constexpr Observer kGreenwich{{-0.0005}, {51.4769}, {0}};

struct Query {
  Observer observer = kGreenwich;
  Instant instant;
  bool is_now = true;        ///< no `time` was given
  Millibars pressure{1010};  ///< PyEphem's default air
  Celsius temperature{15};
  FieldSet fields = kDefaultFields;
  std::vector<std::string> problems;  ///< sentences; not empty = 400
};

/// `lon` -180..180 and `lat` -90..90 in degrees (east, north positive), `elevation` -12000..100000 in metres; `time` RFC 3339,
/// default now; `pressure` 0..2000 mbar (0: no air), `temperature` -150..100 degrees Celsius;
/// `fields` names of field.hpp, separated by commas.
[[nodiscard]] Query read_query(const Request& request);

}  // namespace orrery::planets
