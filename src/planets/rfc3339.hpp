// RFC 3339 timestamps: "2026-11-22T10:00:00Z", with fractions and offsets, to and from an Instant. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "planets/instant.hpp"

namespace orrery::planets {

/// Reads a timestamp. A space where the offset's `+` belongs is understood: that is what an unescaped `+` in a URL becomes.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);

/// In UTC; whole milliseconds have three decimals, anything finer six.
[[nodiscard]] std::string format_rfc3339(Instant instant);

/// In UTC, rounded to the second: "2026-11-22T10:00:00Z".
[[nodiscard]] std::string format_rfc3339_seconds(Instant instant);

}  // namespace orrery::planets
