// Cpus: how many processors this process may really use.
//
// A container's quota and a service's affinity are both smaller than the machine; `workers: auto` follows the
// smaller. Read by the master at start and at each reload. Opens a few files below /proc and /sys, changes
// nothing.
#pragma once

#include <optional>
#include <string>

#include "orrery/config.hpp"

namespace orrery::config {

/// CPUs in this process's affinity mask; at least 1.
unsigned affinity_cpus();

/// The cgroup (v1 or v2) quota in CPUs, rounded up, as found below `root`; nothing when there is no quota.
std::optional<unsigned> quota_cpus(const std::string& root = "/");

/// The smaller of the two; at least 1.
unsigned allowed_cpus(const std::string& root = "/");

/// `config.workers`, with `auto` resolved (1 with `reload`, else within the bounds below); 1 to 256.
unsigned effective_workers(const Config& config);

/// Between which the number of workers may be scaled by itself, with `auto` resolved; 1 to 256.
struct WorkerBounds {
  unsigned least = 1, most = 1;
};
WorkerBounds worker_bounds(const Config& config);

}  // namespace orrery::config
