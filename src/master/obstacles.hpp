// Obstacles: what would keep the master from starting with a configuration that is good in itself.
//
// For --check-config, in a process that ends afterwards; it walks what run_master() does before its first
// fork (master.cpp, make_generation) and what a worker opens, as the users that will do it. Takes the
// configuration's directory and environment for this process; makes and changes nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/config.hpp"

#include "os/privileges.hpp"

namespace orrery::master {

struct Obstacle {
  std::string_view setting;  ///< that names what is in the way
  std::string why;           ///< a sentence
};

struct Rehearsal {
  std::vector<Obstacle> obstacles;
  std::optional<os::Identity> workers;  ///< whom the workers will run as; nothing = as this process
};

Rehearsal rehearse(const Config& config);

}  // namespace orrery::master
