// Report: a migration as the text that `orrery migrate` prints: a settings file that can be used as it is, with what a
// person has to know in its comments.
//
// Pure: makes a text, prints nothing.
#pragma once

#include <string>
#include <string_view>

#include "migrate/findings.hpp"
#include "migrate/translation.hpp"

namespace orrery::migrate {

std::string render(const Migration& migration, const Findings& findings, std::string_view program);

}  // namespace orrery::migrate
