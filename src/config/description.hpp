// Description: the settings in force and where each came from, as JSON for the admin process.
//
// Pure. Made in the master when a configuration was read, and published as it is: the admin process puts its own words
// around it. A value is what the configuration file would say. Secrets are not in it: of `raw_env` only the names.
#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/validate.hpp"

namespace orrery::config {

/// `"file":…,"settings":[…]`. Of `kept` settings the old value stays until a restart, whatever the sources say.
std::string describe(const Outcome& outcome, const std::vector<Change>& kept = {});

/// Of a configuration that a program made itself.
std::string describe(const Config& config);

}  // namespace orrery::config
