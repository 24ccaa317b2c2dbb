// kSlowness: how much slower than itself a server may be because it is watched: limits that only guard against hanging
// are multiplied by it.
//
// Of sanitizers ORRERY_SANITIZER in the environment tells, of valgrind ORRERY_SLOWNESS.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>

#include "support/programs.hpp"

namespace orrery::test {

inline const int kSlowness = [] {
  const int built = sanitized() ? 4 : 1;
  const char* told = std::getenv("ORRERY_SLOWNESS");
  return told == nullptr ? built : std::max(1, std::atoi(told));
}();

/// So many seconds of a server that is not watched, as a setting has them.
inline std::string seconds(int count) { return std::to_string(count * kSlowness) + "s"; }

/// Where nothing can be thrown for want of memory, and a minute of reckoning takes an hour.
inline const bool kUnderValgrind = std::getenv("ORRERY_SLOWNESS") != nullptr;

}  // namespace orrery::test
