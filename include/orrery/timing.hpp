// Timing: how long an answer took, in Server-Timing, which browsers show to developers; as a ready-made layer.
//
// From the moment in which the layer is met, when the head of the request is here, until the head of the answer is
// sent: the time of the layers further inside, of the body, and of the handler.
#pragma once

#include <string>

#include "orrery/export.hpp"
#include "orrery/layer.hpp"

namespace orrery {

/// `Server-Timing: app;dur=1.234`, in milliseconds. `name` is a token (RFC 9110, 5.6.2).
ORRERY_EXPORT Layer timing(std::string name = "app");

}  // namespace orrery
