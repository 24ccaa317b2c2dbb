// Shell words: the text of ORRERY_CMD_ARGS cut into arguments as a shell would.
//
// Pure. Understands white space, '...', "..." and backslashes; expands nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::config {

/// Fails when a quote is left open or a backslash ends the text.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace orrery::config
