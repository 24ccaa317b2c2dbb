// Trace: what a call tells its upstream of the request it is made for.
//
// Pure. Runs where the call is made, on the loop thread. Which peers' traces are believed is the server's matter
// (Request::trace()), and never decided here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/request.hpp"

namespace orrery::upstream {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Adds X-Request-ID, and where the request belongs to a trace traceparent and tracestate, each where `fields` has none
/// of that name.
void add_trace(const Request& request, Fields& fields);

/// The value of the first field with this name, in any case.
std::optional<std::string_view> value_of(const Fields& fields, std::string_view name);

}  // namespace orrery::upstream
