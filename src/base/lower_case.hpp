// lower_case: ASCII letters in lower case whatever the locale; every other byte stays as it is.
//
// Pure. For names of the protocol and of settings, which are ASCII; never for text that people wrote.
#pragma once

#include <string>
#include <string_view>

namespace orrery::base {

constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

inline std::string lower_case(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = lower_case(c);
  return out;
}

}  // namespace orrery::base
