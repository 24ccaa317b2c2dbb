// Foreign: settings that gunicorn has and this server does not.
//
// Pure and constant. An operator with a gunicorn configuration is told what becomes of a setting, instead of
// being sent to one that only looks alike (`--reload` is not `--reload-strategy`). Asked when a name or flag
// has no row in the table.
#pragma once

#include <string_view>

namespace orrery::config {

/// A sentence on this setting of gunicorn, by its name in a file or its long flag (dashes or underscores);
/// empty when it has none.
std::string_view explain_foreign(std::string_view name);

}  // namespace orrery::config
