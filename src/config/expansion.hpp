// Expansion: `${NAME}` and `${NAME:-default}` in the values of the settings file, replaced by what the environment
// says.
//
// Pure. Runs in the master when a file is read, on the text of a value that YAML has cut out already: what a variable
// holds is text and never becomes a name, a list or a second line of the file. The result is read and checked like
// any other text. A variable is looked for in the environment of the start: a reload reads the same one.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::config {

using Environment = std::map<std::string, std::string>;

struct Expanded {
  std::string text;
  std::vector<std::string> variables;  ///< the names in it, in their order, whether set or not; empty = plain text
};

/// `$$` is a dollar sign; a `$` before anything but `{` and `$` is itself. A default reaches to the next `}` and stands
/// where the variable is not set or empty. Fails with a sentence when a variable without a default is not set, and
/// when what follows `${` is nothing of this kind.
Result<Expanded> expand(std::string_view text, const Environment& environment);

/// The text that expands to `text`, whatever is in it.
std::string without_expansion(std::string_view text);

/// How many bytes at the beginning of `text` are the name of a variable: letters, digits and `_`, and no digit first.
std::size_t variable_name_length(std::string_view text);

/// Whether all of it is such a name.
bool is_variable_name(std::string_view name);

}  // namespace orrery::config
