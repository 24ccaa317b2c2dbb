#include "os/cgroup.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace orrery::os {

namespace {

/// Nothing for "max" and for no file.
std::optional<std::uint64_t> read_number(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

std::optional<std::uint64_t> read_row(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  std::string key;
  for (std::uint64_t value = 0; file >> key >> value;)
    if (key == name) return value;
  return std::nullopt;
}

struct Names {
  const char* limit;
  const char* used;
  const char* cached;  ///< a row of memory.stat
};
constexpr Names kV2{"/memory.max", "/memory.current", "inactive_file"};
constexpr Names kV1{"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file"};

std::optional<MemoryRoom> room_in(const std::string& directory, const Names& names) {
  // What v1 has where there is no limit: the largest number of whole pages.
  constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;
  const auto limit = read_number(directory + names.limit);
  const auto used = read_number(directory + names.used);
  if (!limit || !used || *limit >= kNoLimit) return std::nullopt;
  const std::uint64_t cached = std::min(read_row(directory + "/memory.stat", names.cached).value_or(0), *used);
  const std::uint64_t kept = *used - cached;
  return MemoryRoom{*limit, *limit > kept ? *limit - kept : 0};
}

/// "/a/b" and each directory above it, below `top`.
std::vector<std::string> with_parents(const std::string& top, std::string path) {
  std::vector<std::string> directories;
  while (!path.empty() && path != "/") {
    directories.push_back(top + path);
    path.resize(path.rfind('/'));
  }
  directories.push_back(top);
  return directories;
}

}  // namespace

CgroupDirectories cgroup_directories(const std::string& root) {
  const std::string base = root == "/" ? "" : root;
  CgroupDirectories found;
  // Lines are "ID:CONTROLLERS:/path"; v2 has ID 0 and no controllers.
  std::ifstream file(base + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") found.v2 = with_parents(base + "/sys/fs/cgroup", path);
    if (controllers.find(",memory,") != std::string::npos)
      found.v1 = with_parents(base + "/sys/fs/cgroup/memory", path);
  }
  if (found.v2.empty()) found.v2 = {base + "/sys/fs/cgroup"};
  if (found.v1.empty()) found.v1 = {base + "/sys/fs/cgroup/memory"};
  return found;
}

std::optional<MemoryRoom> memory_room(const std::string& root) {
  const CgroupDirectories directories = cgroup_directories(root);
  std::optional<MemoryRoom> least;
  const auto look = [&least](const std::string& directory, const Names& names) {
    const auto room = room_in(directory, names);
    if (room && (!least || room->left < least->left)) least = room;
  };
  for (const std::string& directory : directories.v2) look(directory, kV2);
  for (const std::string& directory : directories.v1) look(directory, kV1);
  return least;
}

}  // namespace orrery::os
