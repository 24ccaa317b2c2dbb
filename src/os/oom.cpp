#include "os/oom.hpp"

#include <fstream>
#include <sstream>

namespace orrery::os {

namespace {

struct Paths {
  std::string v2;
  std::string v1;
};

/// Lines are "ID:CONTROLLERS:/path"; v2 has ID 0 and no controllers.
Paths cgroup_paths(const std::string& base) {
  Paths paths;
  std::ifstream file(base + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (controllers == ",,") paths.v2 = line.substr(second + 1);
    if (controllers.find(",memory,") != std::string::npos) paths.v1 = line.substr(second + 1);
  }
  return paths;
}

std::optional<std::uint64_t> read_count(const std::string& path) {
  std::ifstream file(path);
  std::string key;
  for (std::uint64_t value = 0; file >> key >> value;)
    if (key == "oom_kill") return value;
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> oom_kills(const std::string& root) {
  const std::string base = root == "/" ? "" : root;
  const Paths paths = cgroup_paths(base);
  // In a container the path may be the host's, while what is mounted is our own group.
  for (const std::string& path :
       {base + "/sys/fs/cgroup" + paths.v2 + "/memory.events", base + "/sys/fs/cgroup/memory.events",
        base + "/sys/fs/cgroup/memory" + paths.v1 + "/memory.oom_control",
        base + "/sys/fs/cgroup/memory/memory.oom_control"}) {
    if (const auto count = read_count(path)) return count;
  }
  return std::nullopt;
}

}  // namespace orrery::os
