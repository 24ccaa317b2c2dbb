// Completions: the tables of settings and of commands told to shells, so that the tab key knows every flag and command
// and the words they take.
//
// Pure: makes texts, prints nothing. Runs while the program is built, in the generator only, and is no part of the
// server. It must never know a flag or command that has no row in its table.
#pragma once

#include <string>

namespace orrery::config {

std::string render_bash_completion();
std::string render_zsh_completion();
std::string render_fish_completion();

}  // namespace orrery::config
