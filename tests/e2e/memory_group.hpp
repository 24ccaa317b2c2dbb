// MemoryGroup: a memory cgroup of a test's own with a limit, where the test may make one.
//
// Version 2 or 1 of cgroups. Made in the root of the hierarchy, which takes root; where that is not allowed made() is
// false and the test says that it is skipped. To be outlived by nobody who entered.
#pragma once

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.hpp"
#include "support/server_process.hpp"

namespace orrery::test {

class MemoryGroup {
 public:
  /// `limit`: bytes that all who enter may take together.
  explicit MemoryGroup(long limit) {
    const std::string name = "/orrery-test-" + std::to_string(::getpid());
    for (const char* root : {"/sys/fs/cgroup/memory", "/sys/fs/cgroup"}) {
      if (::mkdir((root + name).c_str(), 0755) != 0) continue;
      path_ = root + name;
      const std::string bytes = std::to_string(limit);
      v1_ = put("memory.limit_in_bytes", bytes);
      made_ = v1_ || put("memory.max", bytes);
      // Without swap; where there is none there is no such file.
      put(v1_ ? "memory.memsw.limit_in_bytes" : "memory.swap.max", v1_ ? bytes : "0");
      if (made_) return;
      ::rmdir(path_.c_str());
    }
  }
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;
  ~MemoryGroup() {
    if (made_) eventually([&] { return ::rmdir(path_.c_str()) == 0; });
  }
  [[nodiscard]] bool made() const { return made_; }
  /// For the calling process.
  void enter() const { put("cgroup.procs", "0"); }
  /// Processes that the kernel has killed here for want of memory; -1 = it does not tell.
  [[nodiscard]] long kills() const {
    std::ifstream file(path_ + (v1_ ? "/memory.oom_control" : "/memory.events"));
    std::string word, count;
    while (file >> word >> count)
      if (word == "oom_kill") return std::atol(count.c_str());
    return -1;
  }

 private:
  bool put(const char* file, const std::string& value) const {
    const base::UniqueFd fd{::open((path_ + "/" + file).c_str(), O_WRONLY | O_CLOEXEC)};
    return fd && ::write(fd.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
  }

  std::string path_;
  bool made_ = false, v1_ = false;
};

}  // namespace orrery::test
