// Status: a view of the service as one JSON object, for programs and for people with `jq`.
//
// Pure. Written in the admin process for each question; never in a worker. Times are Unix seconds, durations seconds;
// what has not happened is null. Members may be added; none is renamed or removed.
#pragma once

#include <string>
#include <string_view>

#include "admin/view.hpp"

namespace orrery::admin {

std::string status_json(const View& view);

/// "serving", "drain_delay": one lower-case word each.
std::string_view word_for(os::ServiceFacts::State state);

}  // namespace orrery::admin
