// Cgroup: where the files of this process's cgroup lie, and how much memory its limits leave.
//
// Master only. Reads a few files below `root`, which is `/` but in tests; a file that cannot be read says nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orrery::os {

/// Directories in which the files of the controller `memory` may be, those of this process's own group first: in a
/// container the path may be the host's, while what is mounted is our own group.
struct CgroupDirectories {
  std::vector<std::string> v2, v1;
};
CgroupDirectories cgroup_directories(const std::string& root = "/");

struct MemoryRoom {
  std::uint64_t limit = 0;
  std::uint64_t left =
      0;  ///< bytes that may still be taken; what the kernel would give back of cached files is among them
};
/// Of this group and those above it, the one with the least left. Nothing where there is no limit.
std::optional<MemoryRoom> memory_room(const std::string& root = "/");

}  // namespace orrery::os
