// Manual: the settings table told by man: orrery(1) and orrery.yaml(5), in roff.
//
// Pure: makes texts, prints nothing. Runs while the program is built, in the generator only, and is no part of the
// server. It must never tell of a setting that has no row in the table.
#pragma once

#include <string>

namespace orrery::config {

/// orrery(1): flags, signals, environment, files and exit codes.
std::string render_program_page(const std::string& version);

/// orrery.yaml(5): every setting in full.
std::string render_file_page(const std::string& version);

}  // namespace orrery::config
