// Doctor: a configuration held against the machine that it runs on: `orrery doctor`.
//
// Each check says what it read, from where, and what to do. Reads only, below the root of a Machine, and asks the
// kernel whether logs could be opened; changes nothing. Runs in the program of the operator.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "orrery/config.hpp"

#include "ctl/machine.hpp"
#include "ctl/paint.hpp"

namespace orrery::ctl {

struct Finding {
  enum class Level : std::uint8_t {
    kGood,
    kNote,  ///< worth knowing, or it could not be checked
    kBad,   ///< something is to be done
  };
  Level level = Level::kGood;
  std::string check;  ///< one word
  std::string text;   ///< sentences
};

/// What is not in the configuration and not below the root.
struct Circumstances {
  pid_t master = 0;                                        ///< of the service that runs; 0 = none is known
  std::optional<bool> clock_synchronized;                  ///< as the kernel says; nothing = it does not tell
  std::optional<std::chrono::milliseconds> balancer_idle;  ///< --lb-idle-timeout
  std::optional<std::chrono::milliseconds> stop_limit;     ///< --stop-limit
};

std::vector<Finding> examine(const Config& config, const Machine& machine, const Circumstances& circumstances);

std::string findings_text(const std::vector<Finding>& findings, const Style& style);
std::string findings_json(const std::vector<Finding>& findings);

}  // namespace orrery::ctl
