// Conversion: the value that a setting of gunicorn's has here, where both have the setting under one name.
//
// Pure. A row for each setting whose values are written or meant in another way; every other value stays as it is. It
// judges nothing: whether the value is a good one is checked by the translation with the rules of the table of
// settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::migrate {

struct Converted {
  std::vector<std::string> values;
  std::vector<std::string> comments;  ///< what is another thing here
};

/// `values` as gunicorn has them, in the language of values.
Converted convert(std::string_view name, std::vector<std::string> values);

}  // namespace orrery::migrate
