// CommandLine: reads arguments, from argv or from ORRERY_CMD_ARGS.
//
// The only user of CLI11, and the fence for its exceptions. All flags come from the settings table. Prints
// nothing and never exits: --help and --version are told to the caller. Runs in the master, at start and at
// each reload.
#pragma once

#include <string>
#include <vector>

#include "config/reading.hpp"

namespace orrery::config {

struct CommandLine {
  Reading reading;
  std::string file;  ///< of -c; empty = not given
  bool help = false;
  bool version = false;
  bool check_config = false;
  bool print_config = false;
  bool single = false;
};

/// `variable` names the environment variable the words come from; empty = the command line itself.
CommandLine read_arguments(const std::vector<std::string>& words, const std::string& variable = {});

}  // namespace orrery::config
