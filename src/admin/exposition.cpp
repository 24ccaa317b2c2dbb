#include "admin/exposition.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace orrery::admin {

namespace {

/// In a HELP line a backslash begins an escape too.
std::string escaped_help(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\\' ? std::string{"\\\\"} : std::string{c};
  return out;
}

}  // namespace

std::string escaped_label(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t length = static_cast<unsigned char>(c) < 0x80 ? 1 : base::utf8_length(text);
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (length == 0)
      out += '?';
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  // A counter's family has no suffix in OpenMetrics, its samples have.
  constexpr std::string_view kTotal = "_total";
  if (form_ == Exposure::kOpenMetrics && type == "counter" && name.ends_with(kTotal)) name.remove_suffix(kTotal.size());
  fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, escaped_help(help), type);
}

}  // namespace orrery::admin
