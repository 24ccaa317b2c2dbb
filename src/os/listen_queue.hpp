// ListenQueue: how many connections wait to be accepted at each TCP address that somebody listens at, and how many may.
//
// Asks the kernel by sock_diag(7), which knows the listening sockets of this network namespace, of every user, and
// tells of them alone: the number of open connections costs nothing. A few system calls; for the processes that tell of
// the service, never in a worker.
#pragma once

#include <cstdint>
#include <vector>

#include "base/address.hpp"

namespace orrery::os {

struct ListenQueue {
  base::Address address;
  std::uint32_t waiting = 0;
  std::uint32_t limit = 0;  ///< the smaller one of `backlog` and net.core.somaxconn
};

/// Sockets that share an address are one. Empty where the kernel does not tell.
std::vector<ListenQueue> listen_queues();

}  // namespace orrery::os
