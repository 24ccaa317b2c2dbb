// RFC 3339 timestamps: "2026-11-22T10:00:00Z", with fractions and offsets, to and from an Instant.
//
// Pure; any thread. A timestamp that names no instant, or one outside the table's range, is refused by its reader.
#pragma once

#include <optional>
#include <string_view>

#include "planets/instant.hpp"

namespace orrery::planets {

/// Reads a timestamp. A space where the offset's `+` belongs is understood: that is what an unescaped `+` in a URL
/// becomes.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);

/// What writing a timestamp may touch; its longest text has 27 characters.
inline constexpr std::size_t kTimestampRoom = 32;

/// In UTC; whole milliseconds have three decimals, anything finer six. Writes at `to` and returns the end; the years 0
/// to 9999.
char* write_rfc3339(char* to, Instant instant);

/// In UTC, rounded to the second: "2026-11-22T10:00:00Z".
char* write_rfc3339_seconds(char* to, Instant instant);

}  // namespace orrery::planets
