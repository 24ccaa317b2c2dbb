// Metrics: a view of the service in the Prometheus text format, version 0.0.4.
//
// Pure. Names and units follow Prometheus' conventions: one prefix, base units (seconds, bytes), counters end in
// _total, and a counter never falls while the service lives. The sets of labels are bounded. Written in the admin
// process for each scrape; never in a worker.
#pragma once

#include <string>
#include <string_view>

#include "admin/view.hpp"

namespace orrery::admin {

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

std::string metrics_text(const View& view);

}  // namespace orrery::admin
