// The page at `/`: the ten bodies over one observer's horizon, as a table that needs no script.
#pragma once

#include <string>

#include "planets/query.hpp"

namespace orrery::planets {

/// HTML for the query's observer and instant; its problems, if any, stand above the form.
[[nodiscard]] std::string render_page(const Query& query);

}  // namespace orrery::planets
