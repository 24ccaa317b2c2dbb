// Inheritance: what an old master gives the new one that it starts on USR2, as environment variables.
//
// Listening descriptors with the settings they came from, one end of a channel, the pair by which connections are
// handed over, what was counted, the lock of the lead, the keys of TLS tickets, and whether it begins with a canary.
// Written by the old binary and read by the new one, which may be another version: the format only grows. Pure but for
// take_inheritance().
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "os/role.hpp"

namespace orrery::master {

struct Inheritance {
  struct Passed {
    int fd = -1;
    bool from_manager = false;  ///< the service manager opened it: it stands for Config::bind
    std::string bind;
    os::Role role = os::Role::kWorker;  ///< whose it is
    bool operator==(const Passed&) const = default;
  };
  struct Handover {
    unsigned version = 0;  ///< os::kHandoverVersion of the old binary
    int give = -1, take = -1;
    bool operator==(const Handover&) const = default;
  };
  pid_t master = 0;
  int channel = -1;
  std::vector<Passed> listeners;
  std::optional<Handover> handover;  ///< older binaries do not pass it
  int ledger = -1;                   ///< the memory file of the counters (os/ledger.hpp); older binaries do not pass it
  int lead = -1;                     ///< os::LeadLock; -1: none is passed, as by older binaries
  int tickets = -1;                  ///< the keys of TLS tickets (os/passed_bytes.hpp); -1: there are none
  bool canary = false;               ///< it begins with one worker, which the old master has on trial
  std::optional<std::string> probe{};  ///< that the canary is asked for, empty = none; nothing: as the settings say

  /// The listeners of one role.
  [[nodiscard]] std::vector<Passed> of(os::Role role) const;
};

/// The variables, whatever an inheritance holds: they must not reach anybody else.
std::vector<std::string> inheritance_names();
/// As `NAME=value`.
std::vector<std::string> to_environment(const Inheritance& inheritance);
/// From the values of the two variables; nothing when they are no inheritance.
std::optional<Inheritance> parse_inheritance(const std::string& upgrade, const std::string& listeners);
/// What this process was started with; takes the variables out of its environment.
std::optional<Inheritance> take_inheritance();

}  // namespace orrery::master
