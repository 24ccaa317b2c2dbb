#include "os/oom.hpp"

#include <fstream>

#include "os/cgroup.hpp"

namespace orrery::os {

namespace {

std::optional<std::uint64_t> read_count(const std::string& path) {
  std::ifstream file(path);
  std::string key;
  for (std::uint64_t value = 0; file >> key >> value;)
    if (key == "oom_kill") return value;
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> oom_kills(const std::string& root) {
  const CgroupDirectories directories = cgroup_directories(root);
  // The group itself, and what is mounted in its place.
  for (const std::string& directory : {directories.v2.front(), directories.v2.back()})
    if (const auto count = read_count(directory + "/memory.events")) return count;
  for (const std::string& directory : {directories.v1.front(), directories.v1.back()})
    if (const auto count = read_count(directory + "/memory.oom_control")) return count;
  return std::nullopt;
}

}  // namespace orrery::os
