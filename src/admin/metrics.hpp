// Metrics: a view of the service in the Prometheus text format, version 0.0.4, or as OpenMetrics 1.0.0.
//
// Pure. Names and units follow Prometheus' conventions: one prefix, base units (seconds, bytes), counters end in
// _total, and a counter never falls while the service lives. The sets of labels are bounded. Written in the admin
// process for each scrape; never in a worker.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/view.hpp"
#include "os/ledger.hpp"

namespace orrery::metrics {
class Family;
}  // namespace orrery::metrics

namespace orrery::admin {

enum class Exposure : std::uint8_t { kPrometheus, kOpenMetrics };

/// The form that the value of a field Accept prefers; Prometheus' own unless OpenMetrics is asked for.
Exposure exposure_for(std::string_view accept);
std::string_view media_type_of(Exposure form);

/// Of the application; they stand behind the service's own.
using Families = std::vector<std::shared_ptr<metrics::Family>>;

/// `ledger`: what masters before and beside this one counted is in the view already, and not yet in the families; null
/// where there is none.
std::string metrics_text(const View& view, Exposure form = Exposure::kPrometheus, const Families& families = {},
                         os::Ledger* ledger = nullptr);

}  // namespace orrery::admin
