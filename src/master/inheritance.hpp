// Inheritance: what an old master gives the new one that it starts on USR2, as environment variables.
//
// Listening descriptors with the settings they came from, and one end of a channel. Written by the old binary and read by
// the new one, which may be another version: the format only grows. Pure but for take_inheritance().
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace orrery::master {

struct Inheritance {
  struct Passed {
    int fd = -1;
    bool from_manager = false;  ///< the service manager opened it: it stands for Config::bind
    std::string bind;
    bool operator==(const Passed&) const = default;
  };
  pid_t master = 0;
  int channel = -1;
  std::vector<Passed> listeners;
};

/// The variables, whatever a inheritance holds: they must not reach anybody else.
std::vector<std::string> inheritance_names();
/// As `NAME=value`.
std::vector<std::string> to_environment(const Inheritance& inheritance);
/// From the values of the two variables; nothing when they are no inheritance.
std::optional<Inheritance> parse_inheritance(const std::string& upgrade, const std::string& listeners);
/// What this process was started with; takes the variables out of its environment.
std::optional<Inheritance> take_inheritance();

}  // namespace orrery::master
