// probe: which texts a canary can be asked for, as settings and orders give them.
//
// Pure. The text stands in the first line of a request as it is, so nothing in it may end that line or divide it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace orrery::base {

inline constexpr std::size_t kLongestProbe = 120;

/// A path that begins with a slash, perhaps with a query.
constexpr bool is_probe(std::string_view text) {
  const auto fits = [](char c) { return c > ' ' && c <= '~' && c != '#'; };
  return text.starts_with('/') && text.size() <= kLongestProbe && std::ranges::all_of(text, fits);
}

}  // namespace orrery::base
