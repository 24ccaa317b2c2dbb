// joined: a list's words as one text, with something between them.
//
// Any process. It must not need fmt's format.h, which is what fmt::join needs and what costs each file that reads it
// seconds of compiling.
#pragma once

#include <string>
#include <string_view>

namespace orrery::base {

/// "a; b; c" of a range of what converts to std::string_view; empty for an empty range.
template <class Words>
[[nodiscard]] std::string joined(const Words& words, std::string_view between) {
  std::string text;
  bool first = true;
  for (const std::string_view word : words) {
    if (!first) text += between;
    text += word;
    first = false;
  }
  return text;
}

}  // namespace orrery::base
