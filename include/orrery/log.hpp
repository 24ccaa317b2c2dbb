// Log: a line of the application in the server's error log, with level, pid and time like the server's own.
//
// Rotated and filtered with it (`errorlog`, `loglevel`, `log_format`). Control bytes are escaped, so that what a peer
// sent cannot forge a line. Any thread; never from a signal handler; it never fails its caller.
#pragma once

#include <string_view>

#include "orrery/config.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"

namespace orrery {

ORRERY_EXPORT void log(LogLevel level, std::string_view line);
/// With the id of the request behind it, as the access log has it: " (request 5f0e…)".
ORRERY_EXPORT void log(const Request& request, LogLevel level, std::string_view line);
/// Whether a line of this level would be written: ask before you make an expensive one.
[[nodiscard]] ORRERY_EXPORT bool logs(LogLevel level);

}  // namespace orrery
