// UnitFile: after which time systemd kills a service that stops, by the files of its unit.
//
// Reads only, below the root of a Machine; asks no service manager. The places are systemd's, the strongest first; what
// drop-ins say ranks above the unit itself.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ctl/machine.hpp"

namespace orrery::ctl {

struct StopLimit {
  std::chrono::milliseconds time{0};
  bool never = false;  ///< "infinity"
  std::string source;  ///< "/etc/systemd/system/orrery.service", or that it is systemd's default
};

/// `unit` without its ending: "orrery". Nothing when there is no such unit.
std::optional<StopLimit> read_stop_limit(const Machine& machine, const std::string& unit);

/// A time span of systemd: "90", "1min 30s", "500ms", "infinity"; nothing for what is none.
std::optional<StopLimit> parse_span(std::string_view text);

}  // namespace orrery::ctl
