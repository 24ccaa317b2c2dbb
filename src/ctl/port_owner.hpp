// PortOwner: which process listens at an address, by the tables of /proc.
//
// Reads only, below the root of a Machine. Without root's rights the descriptors of others cannot be seen: the socket
// is then found, and its process not.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

#include "base/bind.hpp"
#include "ctl/machine.hpp"

namespace orrery::ctl {

struct PortOwner {
  std::string address;  ///< as the kernel has it: "0.0.0.0:8000"
  std::string table;    ///< where that stands: "/proc/net/tcp"
  pid_t pid = 0;        ///< the eldest process that has it; 0 = it cannot be seen
  pid_t parent = 0;
  std::string name;  ///< of the process
};

/// Who listens where `target` would; nothing when nobody does.
std::optional<PortOwner> find_port_owner(const Machine& machine, const base::BindTarget& target);

}  // namespace orrery::ctl
