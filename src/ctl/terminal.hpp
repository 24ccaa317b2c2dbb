// Terminal: what the standard output is: a terminal or not, how wide, with colours or without.
//
// Asks the kernel and the environment, changes nothing. Runs in the program of the operator.
#pragma once

#include <map>
#include <string>

#include "ctl/paint.hpp"

namespace orrery::ctl {

/// Of standard output; NO_COLOR (not empty) and TERM=dumb mean no colours.
Style output_style(const std::map<std::string, std::string>& environment);

}  // namespace orrery::ctl
