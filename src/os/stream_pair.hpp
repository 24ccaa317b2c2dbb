// StreamPair: two ends of one connection inside this process, with no address and no port.
//
// For a process that is client and worker at once: both ends are stream sockets of the kernel's, non-blocking and
// close-on-exec, so that what reads and writes them needs no other way. In a service that runs only a canary has one,
// for its probe.
#pragma once

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

struct StreamPair {
  base::UniqueFd near, far;
  static Result<StreamPair> open();
};

/// A descriptor that takes whatever is written, and keeps nothing.
Result<base::UniqueFd> open_nowhere();

}  // namespace orrery::os
