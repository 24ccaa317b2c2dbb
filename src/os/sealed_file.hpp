// SealedFile: a copy of a file in memory that nothing can change any more.
//
// Made by the master, inherited by workers: overwriting the file in its place changes nothing of a process that runs
// from the copy. The bytes are not looked at. It has no name but the one that /proc shows.
#pragma once

#include <string>
#include <utility>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

class SealedFile {
 public:
  /// What `path` holds now.
  static Result<SealedFile> copy(const std::string& path);
  [[nodiscard]] int fd() const { return file_.get(); }
  /// Opens the copy, in this process.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  explicit SealedFile(base::UniqueFd file) : file_(std::move(file)) {}
  base::UniqueFd file_;
};

}  // namespace orrery::os
