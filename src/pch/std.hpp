// What nearly every file of src/ reads, parsed once for each library instead of once for each file: a third of what the
// smallest files cost to compile. Only the standard library and two of its kind belong here, nothing of the project's
// own and nothing that has one home: a file that leans on it instead of including what it uses fails `scripts/tidy`.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fmt/core.h>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
