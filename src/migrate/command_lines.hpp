// CommandLines: gunicorn found in the commands of a deployment, behind what stands around it.
//
// Pure. `exec`, `env`, `poetry run`, `python -m`, `sh -c '…'` and assignments may stand in front; of several commands
// the first of gunicorn is the one that is migrated, and what runs beside it is told, since nothing here runs it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/findings.hpp"
#include "migrate/words.hpp"

namespace orrery::migrate {

/// Whether one of the words starts gunicorn.
bool starts_gunicorn(const std::vector<Words>& commands);

/// Notes what the first gunicorn of the commands is told; false when there is none.
bool read_commands(const std::vector<Words>& commands, const std::string& where, Findings& findings);

/// A variable of the environment that the deployment sets: GUNICORN_CMD_ARGS is read, those that Orrery reads too are
/// told.
void read_variable(std::string_view name, const Word& value, const std::string& where, Findings& findings);

/// A time after which the service is killed, in the words of its manager: "30", "30s", "1m30s".
void read_stop_limit(std::string_view name, std::string_view time, const std::string& where, Findings& findings);

}  // namespace orrery::migrate
