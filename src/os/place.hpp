// Place: the directory that holds the file a path names, and the file's name in it.
//
// For what a master that is root makes, renames and unlinks itself: the pid file, a new log in a directory of
// root's, the file of a unix socket. It goes from directory to directory by descriptors and follows a link on
// the way only when nobody but root can have laid it (as the kernel's protected_symlinks, and stricter): root
// owns it, in a directory of root's in which nobody else can write, or only with the sticky bit. /var/run is
// such a link. The last name is never followed. A process that is not root has no rights that a link could
// steal: it goes as the kernel does. Must never be used to open what is there already without looking at it
// (fstat) first.
#pragma once

#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

class Place {
 public:
  /// Fails where a directory on the way cannot be entered, and at a link that is not followed.
  static Result<Place> find(const std::string& path);

  /// For openat() and its kin.
  [[nodiscard]] int directory() const { return directory_ ? directory_.get() : AT_FDCWD; }
  [[nodiscard]] const char* name() const { return name_.c_str(); }

  /// What lies there, the link itself when it is one; nothing and errno when that cannot be told.
  [[nodiscard]] std::optional<struct stat> look() const;
  /// Where a link leads, for sentences.
  [[nodiscard]] std::string target() const;

 private:
  Place(base::UniqueFd directory, std::string name) : directory_(std::move(directory)), name_(std::move(name)) {}

  base::UniqueFd directory_;  ///< none: the process's own, and the name is the whole path
  std::string name_;
};

}  // namespace orrery::os
