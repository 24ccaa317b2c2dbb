// OOM: how often the kernel has killed a process of this cgroup for lack of memory.
//
// A SIGKILL looks the same from every sender; a counter that rose tells the kernel's from the others. Master only;
// opens two files below `root`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace orrery::os {

/// `oom_kill` of this process's cgroup: v2 `memory.events`, else v1 `memory.oom_control`. Nothing where neither can be
/// read.
std::optional<std::uint64_t> oom_kills(const std::string& root = "/");

}  // namespace orrery::os
