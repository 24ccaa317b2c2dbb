// text: what the readers of HTTP, of settings and of other people's files ask of characters and ends of text.
//
// Pure. ASCII only, whatever the locale. The classes of HTTP's own grammar are http/characters.
#pragma once

#include <string_view>

namespace orrery::base {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What separates words of a line.
inline constexpr std::string_view kBlanks = " \t";
/// What separates words of a file.
inline constexpr std::string_view kBlanksAndLineEnds = " \t\r\n";

/// `text` without `blanks` at both ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = kBlanks) {
  while (!text.empty() && blanks.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && blanks.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

}  // namespace orrery::base
