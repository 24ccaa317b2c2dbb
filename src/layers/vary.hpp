// Vary: which fields of the request have decided about an answer, for caches (RFC 9110, 12.5.5).
//
// Layers add to what a handler has said and never take anything away. Pure.
#pragma once

#include <string_view>

#include "orrery/response.hpp"

namespace orrery::layers {

/// Nothing happens when it says so already, or says `*`.
void add_vary(Response& response, std::string_view field);

}  // namespace orrery::layers
