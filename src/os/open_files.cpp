#include "os/open_files.hpp"

#include <filesystem>
#include <fmt/core.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>

namespace orrery::os {

std::optional<std::uint64_t> open_files(pid_t pid) {
  const std::string directory = fmt::format("/proc/{}/fd", pid);
  // Since Linux 6.2 the kernel tells their number as the size; before, they have to be counted.
  struct stat status {};
  if (::stat(directory.c_str(), &status) == 0 && status.st_size > 0) return static_cast<std::uint64_t>(status.st_size);
  std::error_code failed;
  std::filesystem::directory_iterator entry{directory, failed};
  std::uint64_t count = 0;
  for (; !failed && entry != std::filesystem::directory_iterator{}; entry.increment(failed)) ++count;
  if (failed) return std::nullopt;
  return count;
}

std::optional<std::uint64_t> open_files_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

}  // namespace orrery::os
