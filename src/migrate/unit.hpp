// Unit: the readers of files with sections: a systemd service or socket, and supervisord's configuration.
//
// Pure: a text in, findings out. What the manager does itself (user, directory, restart) stays with it and is not
// moved.
#pragma once

#include <string>
#include <string_view>

#include "migrate/findings.hpp"

namespace orrery::migrate {

/// ExecStart, Environment and TimeoutStopSec of a service; ListenStream of a socket.
void read_unit(std::string_view text, const std::string& file, Findings& findings);

/// `command`, `environment` and `stopwaitsecs` of the programs.
void read_supervisor(std::string_view text, const std::string& file, Findings& findings);

}  // namespace orrery::migrate
