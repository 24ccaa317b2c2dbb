// Settings: where the admin and the monitor process listen, and with which settings they run.
//
// Pure. Asked once, by the facade, before the master begins; a reload changes nothing of it. Both are small servers of
// their own: what the service's settings say of requests and workers is not theirs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/config.hpp"

namespace orrery::admin {

/// What of the environment decides where `auto` is; empty = not set.
struct Directories {
  std::string_view runtime;      ///< RUNTIME_DIRECTORY, from systemd's unit: paths with colons between them
  std::string_view xdg_runtime;  ///< XDG_RUNTIME_DIR
};

/// The addresses of the setting `admin`, with `auto` and `off` resolved: none, a socket's path, or what it says.
std::vector<std::string> admin_addresses(const Config& service, const Directories& directories);

/// What a process that tells of the service runs with.
Config settings_for(const Config& service, std::vector<std::string> addresses);

}  // namespace orrery::admin
