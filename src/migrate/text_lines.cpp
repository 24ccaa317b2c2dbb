#include "migrate/text_lines.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace orrery::migrate {

std::string place(const std::string& file, int line) { return fmt::format("{}:{}", file, line); }

std::vector<TextLine> cut_lines(std::string_view text, Joining joining, bool semicolons) {
  std::vector<TextLine> lines;
  bool continued = false;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto whole = text.substr(0, end);
    auto line = trimmed(whole);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) {
      continued = false;
      continue;
    }
    if (line[0] == '#' || (semicolons && line[0] == ';')) continue;
    const bool goes_on = joining == Joining::kBackslash && line.back() == '\\';
    if (goes_on) line = trimmed(line.substr(0, line.size() - 1));
    if (continued) {
      lines.back().text.append(1, ' ').append(line);
    } else {
      lines.push_back({std::string{line}, number, whole[0] == ' ' || whole[0] == '\t'});
    }
    continued = goes_on;
  }
  return lines;
}

}  // namespace orrery::migrate
