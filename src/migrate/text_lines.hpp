// TextLines: a text cut into lines that are whole: what a backslash at a line's end continues is one line.
//
// Pure. Shared by the readers of Dockerfiles, units and shell scripts. Each line remembers the number of its first one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace orrery::migrate {

struct TextLine {
  std::string text;  ///< without blanks at its ends
  int number = 0;    ///< from 1
  bool indented = false;
};

enum class Joining : std::uint8_t {
  kNone,
  kBackslash,  ///< a backslash at the end joins the next line, with a blank between them
};

/// Empty lines and comments (`#`, also `;` where `semicolons`) are left out, inside a continued line too.
std::vector<TextLine> cut_lines(std::string_view text, Joining joining, bool semicolons = false);

/// Without ends of lines too.
inline std::string_view trimmed(std::string_view text) { return base::trimmed(text, base::kBlanksAndLineEnds); }

/// "FILE:LINE".
std::string place(const std::string& file, int line);

}  // namespace orrery::migrate
