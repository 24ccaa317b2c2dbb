// OpenFiles: how many descriptors a process has open, and how many it may have.
//
// Any process may ask, of itself and of processes of the same user. A few system calls; never on the path of a request.
#pragma once

#include <cstdint>
#include <optional>
#include <sys/types.h>

namespace orrery::os {

/// Nothing when there is no such process, or its user is another one.
std::optional<std::uint64_t> open_files(pid_t pid);

/// RLIMIT_NOFILE of this process, which its children have too; nothing = none.
std::optional<std::uint64_t> open_files_limit();

}  // namespace orrery::os
