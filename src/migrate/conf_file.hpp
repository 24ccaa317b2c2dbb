// ConfFile: a settings file of gunicorn (gunicorn.conf.py) read as what its plain assignments say.
//
// Pure: a text in, findings out; no Python is run. What cannot be read is told with its line: a value that is computed,
// an assignment inside `if`, a hook.
#pragma once

#include <string>
#include <string_view>

#include "migrate/findings.hpp"

namespace orrery::migrate {

void read_conf_file(std::string_view text, const std::string& file, Findings& findings);

}  // namespace orrery::migrate
