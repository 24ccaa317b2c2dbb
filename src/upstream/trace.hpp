// Trace: what a call tells its upstream of the request it is made for.
//
// Pure but for the random number of a span. Runs where the call is made, on the loop thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/request.hpp"

namespace orrery::upstream {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// `parent` with another span in it: "00-TRACE-SPAN-FLAGS" (W3C Trace Context, version 00). Nothing where it is none.
std::optional<std::string> child_of(std::string_view parent, std::string_view span);

/// Adds X-Request-ID, traceparent and tracestate where `fields` has none of that name.
void add_trace(const Request& request, Fields& fields);

/// The value of the first field with this name, in any case.
std::optional<std::string_view> value_of(const Fields& fields, std::string_view name);

}  // namespace orrery::upstream
