// Command: `orrery ctl …`, `orrery top`, `orrery plan`, `orrery doctor`: the program as the operator's tool.
//
// Taken before anything of the server begins: no signal is held, no application made. Runs in a process of its own,
// which ends with the value that is returned. The only room of this floor that prints, beside the screen of `top` and
// the events that are followed.
#pragma once

#include "config/load.hpp"

namespace orrery::ctl {

/// Whether the first word is one of these commands.
bool is_command(int argc, const char* const* argv);

int run_command(const config::Sources& sources);

}  // namespace orrery::ctl
