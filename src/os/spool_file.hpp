// SpoolFile: a file without a name, which takes what shall not be in memory, and is then read as if it were.
//
// Nobody else can open it, and nothing of it is left when its process ends, however that happens. append() waits for
// the disk where the kernel wants that (dirty pages are limited), and so may the destructor: neither is for a loop
// thread. Once mapped it is not written any more. Made in a worker, with that worker's rights. One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.hpp"

namespace orrery::os {

class SpoolFile {
 public:
  SpoolFile() = default;
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;
  ~SpoolFile();

  /// In the first of `directories` that takes it. 0, or the errno of the last one.
  int open(const std::vector<std::string>& directories) noexcept;
  [[nodiscard]] bool is_open() const { return static_cast<bool>(file_); }
  /// All of `bytes`, or an errno.
  int append(std::string_view bytes) noexcept;
  /// Makes bytes() show what was appended. 0 or an errno.
  int map();
  [[nodiscard]] std::string_view bytes() const { return {mapped_, mapped_ ? size_ : 0}; }

 private:
  base::UniqueFd file_;
  std::size_t size_ = 0;
  const char* mapped_ = nullptr;
};

/// Where spool files go: `wanted`; where that is empty, $TMPDIR, or else the directories of every system, the one for
/// large files first.
std::vector<std::string> spool_directories(const std::string& wanted);

}  // namespace orrery::os
