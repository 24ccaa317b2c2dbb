// Validate: what is wrong with a whole Config, and what a reload would change.
//
// Pure but for the look-ups of config/checks.hpp. For Configs filled from files and for those that an
// embedding program filled itself. Runs in the master, before anything is started or changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace orrery::config {

struct Problem {
  std::string_view name;  ///< of the setting that should change
  std::size_t entry = 0;  ///< of a list
  std::string message;
};

/// Problems of several settings together; each value for itself is taken to be fine.
std::vector<Problem> find_conflicts(const Config& config);

/// Every problem: of each value for itself, and of several together.
std::vector<Problem> validate(const Config& config);

struct Change {
  std::string name, from, to;
  Impact impact = Impact::kLive;
};

/// The settings that differ, in the table's order.
std::vector<Change> compare(const Config& old, const Config& fresh);

/// A reload does not apply settings of Impact::kRestart: they stay what `current` says, so that the next reload still
/// finds the difference.
void keep_restart_settings(Config& fresh, const Config& current);

}  // namespace orrery::config
