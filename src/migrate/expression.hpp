// Expression: the few expressions of Python that settings files have, worked out without running Python.
//
// Pure. Literals, names that were assigned before, `os.environ.get("PORT", "8000")`, f-strings, sums and products, and
// what is computed from the number of CPUs. Anything else has no value here. It calls nothing and looks up no variable:
// a variable of the environment stays one, in the form of the settings file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/findings.hpp"

namespace orrery::migrate {

struct Value {
  enum class Kind : std::uint8_t { kUnknown, kNone, kTruth, kNumber, kText, kList, kMap, kCpus };
  Kind kind = Kind::kUnknown;
  Word word{};                 ///< kText; of numbers and truth values how they are written
  std::int64_t number = 0;     ///< kNumber, kTruth
  std::vector<Value> items{};  ///< kList; kMap: names and values by turns
};

using Names = std::map<std::string, Value, std::less<>>;

/// kUnknown where the text is no expression of these.
Value evaluate(std::string_view expression, const Names& names);

}  // namespace orrery::migrate
