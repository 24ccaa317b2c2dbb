// Wording: places, moments and bodies as people read them, for pictures, calendars and the page before its script runs.
//
// Pure: values in, UTF-8 out, nothing of it needs an escape in HTML. It never reads a clock or a language.
#pragma once

#include <string>

#include "planets/body.hpp"
#include "planets/instant.hpp"
#include "planets/observer.hpp"

namespace orrery::planets {

/// "Mars".
[[nodiscard]] std::string title_of(Body body);

/// "37.81° S, 144.96° E".
[[nodiscard]] std::string place_text(const Observer& observer);

/// "2026-11-23 10:10 UTC".
[[nodiscard]] std::string minute_text(Instant instant);

/// "NNE": one of sixteen, of an azimuth.
[[nodiscard]] std::string compass_point(Degrees azimuth);

}  // namespace orrery::planets
