// Counted: a number with its noun, for sentences: "1 request", "2 requests".
//
// Pure. Used in every message that has a count, in the master and in workers; nouns whose plural has no `s`
// give it.
#pragma once

#include <cstdint>
#include <fmt/core.h>
#include <string>
#include <string_view>

namespace orrery::base {

inline std::string counted(std::uint64_t number, std::string_view noun, std::string_view plural = {}) {
  if (number == 1) return fmt::format("1 {}", noun);
  return plural.empty() ? fmt::format("{} {}s", number, noun) : fmt::format("{} {}", number, plural);
}

}  // namespace orrery::base
