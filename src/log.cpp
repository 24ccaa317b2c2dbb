#include "orrery/log.hpp"

#include <fmt/core.h>
#include <string_view>

#include "base/log.hpp"
#include "http/message.hpp"

namespace orrery {

void log(LogLevel level, std::string_view line) {
  if (base::log_enabled(level)) base::log_line(level, line);
}

void log(const Request& request, LogLevel level, std::string_view line) {
  if (base::log_enabled(level))
    base::log_line(level, fmt::format("{} ({})", line, http::name_in_log(http::Message::of(request))));
}

bool logs(LogLevel level) { return base::log_enabled(level); }

}  // namespace orrery
