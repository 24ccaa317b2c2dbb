// Pidfile: one master per pid file, proved by a lock and not by guessing whether a pid lives.
//
// Owned by the master for its whole life. The lock (flock) belongs to the open file, so it survives daemonize
// and ends with the last descriptor: children close fd() first thing, and a master killed with -9 leaves a
// file anybody may take.
#pragma once

#include <string>
#include <sys/types.h>
#include <utility>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

class Pidfile {
 public:
  /// Takes the lock; fails at once, naming the holder's pid, when another master has it. What the file holds
  /// changes only with write(). A file that holds anything but a pid is refused: it is somebody's mistake in
  /// a setting. So is a link, a device, and for root a file of another user.
  static Result<Pidfile> lock(const std::string& path);

  /// Why lock() would refuse what lies at `path`, as the end of a sentence; empty when nothing lies there or it may be
  /// taken.
  static std::string objection(const std::string& path);

  Pidfile(Pidfile&&) = default;
  Pidfile& operator=(Pidfile&&) = default;
  ~Pidfile() = default;

  /// Records the calling process, which is the master from now on.
  Result<void> write();
  /// Takes the name of another file, whose owner has left or is leaving; the lock and the content stay.
  Result<void> rename(const std::string& path);
  /// Makes the file again when it has vanished; whether it had. Another one in its place is left alone.
  Result<bool> make_again();
  /// Unlinks the file if it still is the one locked here and names the calling process.
  void remove();
  /// Unlinks the file that a master with this pid could not remove itself, for it was killed. Another file in its
  /// place, or another pid in it, is left alone.
  static void remove_of_dead(const std::string& path, pid_t pid);
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Absolute.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Pidfile(std::string path, base::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  base::UniqueFd fd_;
};

}  // namespace orrery::os
