// Waiting: until the kernel has something for a process that has no event loop, and one look that waits for nothing.
//
// For the master's one thread and for threads that do nothing else; what runs a loop waits there (uv/). A signal ends a
// wait early. Any thread.
#pragma once

#include <span>

#include "base/clock.hpp"

namespace orrery::os {

/// Until one of these can be read or has ended, or until `until`, an hour at most. Those below 0 are passed over. False
/// when that cannot be waited for.
bool wait_for_any(std::span<const int> descriptors, base::Monotonic until);

/// Whether the other side of a socket has closed its side of it, or it is broken.
bool has_peer_left(int socket);

}  // namespace orrery::os
