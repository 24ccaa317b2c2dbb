// Move: the page for operators who come from gunicorn, config/FROM_GUNICORN.md.
//
// Pure: makes a text, prints nothing. Runs in the generator and in the tests, and is no part of the server. It must
// never say of a setting what the tables do not say.
#pragma once

#include <string>

namespace orrery::config {

/// config/FROM_GUNICORN.md.
std::string render_move();

}  // namespace orrery::config
