#include "config/yaml_advice.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace orrery::config {
namespace {

std::string_view line_at(std::string_view text, int line) {
  for (; line > 0; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return line < 0 ? std::string_view{} : text.substr(0, text.find('\n'));
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.');
  });
}

/// A line cut into what stands before its value (`name: ` or `- `) and the value.
struct Cut {
  std::string_view head, value;
};

Cut cut(std::string_view line) {
  std::string_view rest = line;
  while (rest.starts_with("- ")) rest = trimmed(rest.substr(1));
  const auto colon = rest.find(": ");
  if (colon != std::string_view::npos && is_name(rest.substr(0, colon))) rest = trimmed(rest.substr(colon + 1));
  return {line.substr(0, line.size() - rest.size()), rest};
}

/// The quotes that change the least in it.
std::string in_quotes(std::string_view value) {
  const char quote = value.find('\'') == std::string_view::npos ? '\'' : '"';
  std::string out{quote};
  for (const char c : value) {
    if (quote == '"' && (c == '"' || c == '\\')) out += '\\';
    out += c;
  }
  return out + quote;
}

/// Where the bracket or quote that opens `value` is closed.
std::size_t closing(std::string_view value) {
  const char close = value[0] == '[' ? ']' : value[0] == '{' ? '}' : value[0];
  return value.find(close, 1);
}

std::string quote_it(const Cut& line, std::string_view why) {
  return fmt::format("{}{} put it in quotes: {}{}", why, why.ends_with("itself") ? "" : ";", line.head,
                     in_quotes(line.value));
}

std::string advise_value(const Cut& line) {
  const char first = line.value[0];
  if (first == '*' && is_name(line.value.substr(1))) {
    return quote_it(line, fmt::format("`{}` stands for what has the anchor `&{}` further up, and nothing has; for the "
                                      "text itself",
                                      line.value, line.value.substr(1)));
  }
  const bool inside = !line.head.empty() && std::string_view{",]}?"}.find(first) != std::string_view::npos;
  if (inside || std::string_view{"*%@`!&|>"}.find(first) != std::string_view::npos)
    return quote_it(line, fmt::format("a value that begins with `{}` means something else to YAML", first));
  if (first == '"' || first == '\'') {
    const auto close = closing(line.value);
    if (first == '"' && line.value.find('\\') != std::string_view::npos)
      return "a backslash in double quotes begins an escape; use single quotes";
    if (close == std::string_view::npos || close + 1 == line.value.size()) return "";
    return fmt::format("something stands behind the closing quote; put the whole value in quotes: {}{}", line.head,
                       in_quotes(line.value));
  }
  if (first == '[' || first == '{') {
    if (line.value.find('*') != std::string_view::npos)
      return "`*` means something else to YAML; put it in quotes: '*'";
    const auto close = closing(line.value);
    if (close == std::string_view::npos || close + 1 == line.value.size()) return "";
    return quote_it(
        line, fmt::format("a value that begins with `{}` is a {} to YAML", first, first == '[' ? "list" : "mapping"));
  }
  if (!line.head.empty() && line.value.find(": ") != std::string_view::npos)
    return quote_it(line, "a value with a colon and a blank in it is a mapping to YAML");
  return "";
}

/// What a line without a value lacks.
std::string advise_name(std::string_view line) {
  const auto colon = line.find(':');
  if (line.empty() || line[0] == '#' || line[0] == '-') return "";
  if (colon == std::string_view::npos) return "there is no colon in it; write `name: value`";
  if (colon + 1 < line.size() && line[colon + 1] != ' ' && is_name(line.substr(0, colon)))
    return "a blank is missing behind its colon; write `name: value`";
  return "";
}

std::string showing(std::string_view text, int line, const std::string& advice) {
  return fmt::format("`{}`: {}", shown_line(text, line), advice);
}

}  // namespace

std::string shown_line(std::string_view text, int line) {
  constexpr std::size_t kMost = 80;
  std::string shown{trimmed(line_at(text, line))};
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (shown.size() <= kMost) return shown;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xc0U) == 0x80) --end;  // not inside a character
  return shown.substr(0, end) + "…";
}

std::string advise(std::string_view text, int line) {
  const auto whole = line_at(text, line);
  const auto here = trimmed(whole), before = trimmed(line_at(text, line - 1));
  const Cut parts = cut(here);
  if (!parts.value.empty()) {
    if (const auto advice = advise_value(parts); !advice.empty()) return showing(text, line, advice);
  }
  if (const auto advice = advise_name(before); !advice.empty())
    return fmt::format("line {}, {}", line, showing(text, line - 1, advice));
  if (const auto advice = advise_name(here); !advice.empty()) return showing(text, line, advice);
  const Cut above = cut(before);
  const bool indented = !whole.empty() && (whole[0] == ' ' || whole[0] == '\t');
  if (indented && !above.head.empty() && !above.value.empty() && !parts.head.empty())
    return showing(text, line, "it is indented below a line that has a value already; begin it in the first column");
  return "";
}

}  // namespace orrery::config
