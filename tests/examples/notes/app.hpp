// Notes in SQLite, over REST:
//
//   GET /notes   POST /notes {"text": …}   GET, PUT, DELETE /notes/{id}
//
// Each worker has a connection of its own. The handlers block for as long as SQLite does: class `sync` or `threads`.
#pragma once

#include <orrery/orrery.hpp>
#include <string>

/// `path`: the file of the database, which the first worker makes.
orrery::App make_app(const std::string& path);
