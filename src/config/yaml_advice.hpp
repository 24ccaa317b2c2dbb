// YamlAdvice: what a person should change in a line that YAML cannot read.
//
// Pure, and knows no YAML library: it looks at the text of the line, and of the one before. YAML gives a
// meaning to more characters than people expect (`*`, `%`, `[`, `@`), and its parser names a place, not a
// cure.
#pragma once

#include <string>
#include <string_view>

#include "base/text.hpp"

namespace orrery::config {

/// What stands between the words of a file, ends of lines included.
inline constexpr std::string_view kBlanks = base::kBlanksAndLineEnds;
/// `text` without them at both ends.
inline std::string_view trimmed(std::string_view text) { return base::trimmed(text, kBlanks); }

/// A sentence for a syntax error in `line` (from 0) of `text`, which shows the line; empty when nothing is
/// known to help.
std::string advise(std::string_view text, int line);

/// The line as a message shows it: without its indentation, one blank for each control byte, cut at 80 bytes.
std::string shown_line(std::string_view text, int line);

}  // namespace orrery::config
