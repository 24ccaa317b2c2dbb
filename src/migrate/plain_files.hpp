// PlainFiles: the readers of files that hold command lines or variables line by line: Procfile, shell script,
// file of variables.
//
// Pure: a text in, findings out. `file` is the name for messages.
#pragma once

#include <string>
#include <string_view>

#include "migrate/findings.hpp"

namespace orrery::migrate {

/// `web: gunicorn …`, a process a line.
void read_procfile(std::string_view text, const std::string& file, Findings& findings);

/// `exec gunicorn …` among other commands; variables that the script sets itself are put in.
void read_shell_script(std::string_view text, const std::string& file, Findings& findings);

/// `NAME=value`, as /etc/default has it.
void read_variables_file(std::string_view text, const std::string& file, Findings& findings);

}  // namespace orrery::migrate
