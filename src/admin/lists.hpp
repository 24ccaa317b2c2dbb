// Lists: workers, requests, deaths and events of the service, each as one JSON object.
//
// Pure but for what `cost` and `route` ask. Written in the admin process for each question, from the scoreboard; never
// in a worker. Times are Unix seconds, durations seconds; what has not happened or is not known is null. Members may be
// added; none is renamed or removed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "admin/view.hpp"
#include "base/clock.hpp"
#include "os/journal.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

using CostOf = std::function<Cost(pid_t)>;
/// The pattern of the service's route for a method and a path; empty when there is none.
using RouteOf = std::function<std::string(std::string_view method, std::string_view path)>;

std::string workers_json(const View& view, const CostOf& cost);
/// What has a handler now, the eldest first.
std::string requests_json(const os::Scoreboard& board, const RouteOf& route, base::Monotonic now);
/// The newest first.
std::string deaths_json(const std::vector<os::DeathNote>& deaths);
/// The oldest first.
std::string events_json(const std::vector<os::LifeEvent>& events);
std::string event_json(const os::LifeEvent& event);

/// "1700000000.500", or null for 0.
std::string moment(std::int64_t unix_ns);
/// "ready".
std::string_view word_for(os::WorkerState state);

}  // namespace orrery::admin
