// Flags: a command line of gunicorn understood as its argument parser does: flags, short forms, values, the
// application.
//
// Pure. Names and flags are those of the tables of settings (config/settings, config/foreign); here stands only which
// of gunicorn's own flags take no value. It must not judge values: the translation does.
#pragma once

#include <string>
#include <string_view>

#include "migrate/findings.hpp"
#include "migrate/words.hpp"

namespace orrery::migrate {

/// Whether gunicorn has a setting of this name.
bool is_gunicorn_setting(std::string_view name);

/// Notes what `words` (without the program itself) say. What is no flag of gunicorn's is left for a hand.
void read_flags(const Words& words, const std::string& where, Rank rank, Findings& findings);

/// Notes the settings of GUNICORN_CMD_ARGS, which is cut like Python's shlex does.
void read_arguments_variable(const Word& value, const std::string& where, Findings& findings);

}  // namespace orrery::migrate
