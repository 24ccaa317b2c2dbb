// InheritedBinds: the sockets that a service manager passes to this process (sd_listen_fds(3)), as bind settings.
//
// Asked once, before the first fork: it removes the variables, so that no child takes the sockets for its own. It opens
// and closes nothing, and looks at no socket.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "os/role.hpp"

namespace orrery::os {

struct InheritedBinds {
  std::vector<std::string> binds;  ///< bind settings: "fd://3", ...
  /// Those that LISTEN_FDNAMES calls `admin` or `monitor`: where such a process listens, in place of its own addresses.
  std::map<Role, std::vector<std::string>> beside;
  /// Those to which LISTEN_FDNAMES gives a name that `is_stored` knew.
  struct Stored {
    int fd = -1;
    std::string name;
  };
  std::vector<Stored> stored;
  std::string note;  ///< a warning for the log; empty = none
};
/// By which a service manager passes sockets on; meant for one process, and no other may see them.
inline constexpr std::array kListenVariables{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
/// What systemd's LISTEN_PID and LISTEN_FDS mean for this process: nothing but a note when they name another one.
/// `is_stored`: whether a name is that of a socket which this service gave the manager to keep; empty = none is.
/// Removes the variables, so that no child takes them for its own.
InheritedBinds take_inherited_binds(const std::function<bool(std::string_view)>& is_stored = {});

}  // namespace orrery::os
