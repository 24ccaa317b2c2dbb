// Statsd: what happened between two looks at the service, in the lines of StatsD or DogStatsD, under gunicorn's names.
//
// Pure. A line has its value, its type and the tags. Requests and statuses are counts since the look before; a duration
// stands for all requests of its bucket, which the sample rate says. What the dashboards of gunicorn show goes on with
// the same names; what gunicorn does not know begins with `orrery.`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "admin/view.hpp"

namespace orrery::admin {

/// Where a setting gives none.
inline constexpr std::string_view kStatsdPort = "8125";

/// As the settings have it; no host = nothing is sent.
struct StatsdTarget {
  std::string host;    ///< HOST[:PORT], or unix://PATH
  std::string prefix;  ///< before each name
  std::vector<std::string> tags;
};

/// One metric a line, without a line end.
std::vector<std::string> statsd_lines(const View& before, const View& now, const StatsdTarget& target);

/// The lines as few datagrams of at most `most` bytes, with line feeds between.
std::vector<std::string> statsd_datagrams(const std::vector<std::string>& lines, std::size_t most);

}  // namespace orrery::admin
