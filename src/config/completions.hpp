// Completions: the settings table told to shells, so that the tab key knows every flag and the words it takes.
//
// Pure: makes texts, prints nothing. Runs while the program is built, in the generator only, and is no part of the
// server. It must never know a flag that has no row in the table.
#pragma once

#include <string>

namespace orrery::config {

std::string render_bash_completion();
std::string render_zsh_completion();
std::string render_fish_completion();

}  // namespace orrery::config
