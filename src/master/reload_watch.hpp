// ReloadWatch: which files that the service is made of have changed, told once they are whole: those of a service under
// development (`reload`), and those of certificates (`tls_watch`).
//
// Owned by the master, which reloads for what it says. A change counts when its writer has closed the file, nothing has
// happened beside it for a moment, and the application is not being written: then the linker is done. Files are
// compared by their inode, size and time, so that one which was only touched in passing, or is as before, is no change.
// The time is an argument. It must never read what is in a file.
#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "orrery/result.hpp"

#include "base/clock.hpp"
#include "os/directory_watch.hpp"

namespace orrery::master {

/// Files, patterns of glob(7), and directories with all that is below them; each as an absolute path.
struct Watched {
  std::vector<std::string> application;  ///< and the settings: their vanishing alone is no change
  std::vector<std::string> extra;
};

class ReloadWatch {
 public:
  /// Nothing that happens after this call is missed.
  static Result<ReloadWatch> make(Watched watched);
  /// From now on these; a file that was watched before keeps what is known of it.
  void aim(Watched watched);

  /// For poll, together with the deadline.
  [[nodiscard]] int fd() const { return watch_.fd(); }
  [[nodiscard]] std::optional<base::Monotonic> deadline() const { return due_; }
  /// The files that have changed, in the order of their names; most often none. To be called when fd() is readable, at
  /// the deadline, and whenever it is convenient.
  std::vector<std::string> changed(base::Monotonic now);

 private:
  struct Print {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    bool operator==(const Print&) const = default;
  };
  using Prints = std::map<std::string, Print>;

  explicit ReloadWatch(os::DirectoryWatch watch) : watch_(std::move(watch)) {}
  void note(const std::vector<os::DirectoryWatch::Change>& changes, base::Monotonic now);
  [[nodiscard]] Prints look();
  [[nodiscard]] bool is_written(const std::string& path) const;
  [[nodiscard]] bool application_is_written() const;
  [[nodiscard]] bool is_application(const std::string& path) const;

  os::DirectoryWatch watch_;
  Watched watched_;
  Prints known_;
  std::set<std::string> written_;  ///< begun, and not closed
  bool complete_ = true;           ///< all directories are there
  std::optional<base::Monotonic> first_, due_;
};

/// "a.cpp", "a.cpp and b.yaml", "a, b, c and 4 more"; names without their directories.
std::string spoken_files(const std::vector<std::string>& paths);

}  // namespace orrery::master
