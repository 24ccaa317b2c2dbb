// Command: `orrery migrate gunicorn FILE|COMMAND…`: the settings of a gunicorn deployment as a settings file of ours.
//
// Taken before anything of the server begins. Runs in a process of its own, which ends with the value that is returned;
// it starts nothing, runs no Python and no shell, and changes no file. The only room of this floor that prints.
#pragma once

#include <string>
#include <vector>

#include "orrery/result.hpp"

#include "config/load.hpp"
#include "migrate/findings.hpp"

namespace orrery::migrate {

inline constexpr int kExitDone = 0, kExitLeft = 1, kExitUsage = 2;

/// What stands behind `migrate gunicorn`: files, as long as the words name some; the rest is a command line, as one
/// word or as several.
Result<void> read_operands(const std::vector<std::string>& operands, Findings& findings);

/// Whether the first word is `migrate`.
bool is_command(int argc, const char* const* argv);

int run_command(const config::Sources& sources);

}  // namespace orrery::migrate
