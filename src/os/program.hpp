// Program: the binary this process runs, as a file: whether another lies there by now, and how to run that.
//
// Made once in the master, before the title area is overwritten. launch() is how the server runs itself: an upgrade
// runs whatever the saved absolute path names now, with the arguments, environment and directory of the start; never
// /proc/self/exe, which goes on naming the old file after a new build took its place.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "orrery/result.hpp"

#include "os/title.hpp"

namespace orrery::os {

/// What a program is started with beside what it was started with the last time.
struct Launch {
  std::vector<std::string> environment;  ///< `NAME=value`; replaces what had the name
  std::vector<std::string> without;      ///< names taken out of the environment
  std::vector<int> keep;                 ///< descriptors that stay open, under their numbers
  int complaints = -1;                   ///< a socket that gets "failed SENTENCE" when the program cannot be run
};

class Program {
 public:
  explicit Program(const Invocation& invocation);

  [[nodiscard]] const std::string& path() const { return invocation_.binary; }
  /// What runs now, though another file may have its name: "/usr/bin/orrery", with " (deleted)" when it is gone.
  [[nodiscard]] static std::string running();
  /// What would run: the path with its links followed.
  [[nodiscard]] std::string on_disk() const;
  /// Another file lies at the path than at the start, or none.
  [[nodiscard]] bool changed() const;
  /// Forks and runs the path anew, with fresh signals; the new process's id. It is not tied to this one's life.
  [[nodiscard]] Result<pid_t> launch(const Launch& launch) const;
  /// This process becomes the path anew, with the arguments, environment and directory of the start, and without
  /// `without` in the environment. Returns only when it cannot.
  [[nodiscard]] Error replace(const std::vector<std::string>& without) const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    time_t seconds = 0;
    long nanoseconds = 0;
    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identify(const std::string& path);
  [[noreturn]] void become(const Launch& launch, std::vector<std::string> environment) const;
  [[nodiscard]] std::string run(std::vector<std::string> environment) const;

  Invocation invocation_;
  std::optional<Identity> at_start_;
};

/// `environment` without the names in `launch`, and with what it adds.
std::vector<std::string> launch_environment(const std::vector<std::string>& environment, const Launch& launch);

}  // namespace orrery::os
