// kSlowness: how much slower than itself a server may be because it is watched: limits that only guard against hanging
// are multiplied by it.
//
// The build knows of sanitizers; of valgrind ORRERY_SLOWNESS in the environment tells.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>

namespace orrery::test {

inline const int kSlowness = [] {
#if defined(ORRERY_SANITIZED_ADDRESS) || defined(ORRERY_SANITIZED_THREAD)
  constexpr int kBuilt = 4;
#else
  constexpr int kBuilt = 1;
#endif
  const char* told = std::getenv("ORRERY_SLOWNESS");
  return told == nullptr ? kBuilt : std::max(1, std::atoi(told));
}();

/// So many seconds of a server that is not watched, as a setting has them.
inline std::string seconds(int count) { return std::to_string(count * kSlowness) + "s"; }

/// Where nothing can be thrown for want of memory, and a minute of reckoning takes an hour.
inline const bool kUnderValgrind = std::getenv("ORRERY_SLOWNESS") != nullptr;

}  // namespace orrery::test
