// HTTP dates (RFC 9110, 5.6.7): whole seconds of UTC, as fields have them.
//
// For fields of an application's own; the Date of an answer is the server's. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/export.hpp"

namespace orrery {

using HttpTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

/// "Sun, 06 Nov 1994 08:49:37 GMT", for the years 0 to 9999.
[[nodiscard]] ORRERY_EXPORT std::string http_date(HttpTime time);

/// Reads the three forms a recipient must know: the one above, "Sunday, 06-Nov-94 08:49:37 GMT" and
/// "Sun Nov  6 08:49:37 1994". Nothing for other text, and for days and times that there are not. Years of two digits
/// lie less than fifty years after `now`.
[[nodiscard]] ORRERY_EXPORT std::optional<HttpTime> read_http_date(std::string_view text, HttpTime now);
[[nodiscard]] ORRERY_EXPORT std::optional<HttpTime> read_http_date(std::string_view text);

}  // namespace orrery
