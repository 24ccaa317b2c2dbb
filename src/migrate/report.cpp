#include "migrate/report.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <vector>

#include "config/settings.hpp"

namespace orrery::migrate {
namespace {

constexpr std::size_t kWidth = 110;

/// `text` as lines of comment; those after the first begin with `next`.
std::string comment(std::string_view text, std::string_view first = "# ", std::string_view next = "# ") {
  std::string out, line{first};
  bool fresh = true;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \n"), text.size());
    const auto word = text.substr(0, end);
    if (!fresh && line.size() + 1 + word.size() > kWidth) {
      out += line + '\n';
      line = next;
      fresh = true;
    }
    if (!fresh) line += ' ';
    for (const char c : word) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    fresh = false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + line + '\n';
}

/// A commented line stays one, whatever a text holds.
std::string_view mark(const Line& line) { return line.live ? "" : "# "; }

std::string render_line(const Line& line) {
  std::string out;
  for (const std::string& sentence : line.comments) out += comment(sentence);
  const config::Setting* setting = config::find_setting(line.name);
  const bool list = setting != nullptr && setting->kind == config::Kind::kList;
  if (list && line.values.size() != 1) {
    out += fmt::format("{}{}:{}\n", mark(line), line.name, line.values.empty() ? " []" : "");
    for (const std::string& value : line.values) out += fmt::format("{}  - {}\n", mark(line), yaml_text(value));
    return out;
  }
  const std::string value = line.values.empty() ? "\"\"" : yaml_text(line.values.front());
  return out + fmt::format("{}{}: {}\n", mark(line), line.name, value);
}

std::string render_list(std::string_view title, const std::vector<Remark>& remarks) {
  if (remarks.empty()) return "";
  std::string out = fmt::format("\n# {}\n", title);
  for (const Remark& remark : remarks)
    out += comment(fmt::format("{}{}{}", remark.where, remark.where.empty() ? "" : ": ", remark.sentence), "#   - ",
                   "#     ");
  return out;
}

std::string render_start(const Findings& findings, std::string_view program) {
  std::string out = fmt::format("# Made from gunicorn's settings by `{} migrate gunicorn`.\n", program);
  if (!findings.command.empty()) {
    out += comment(fmt::format("In {}, in place of", findings.command_where));
    out += comment(findings.command, "#   ", "#     ");
    out += fmt::format("# start\n#   {} -c FILE\n", program);
  }
  return out +
         "# A comment stands above each line that means something else here, or that is needed since a default is "
         "another "
         "one.\n\n";
}

}  // namespace

std::string render(const Migration& migration, const Findings& findings, std::string_view program) {
  std::string out = render_start(findings, program);
  for (const Line& line : migration.lines) out += render_line(line);
  out += render_list("Left out; nothing is to be done:", migration.dropped);
  out += render_list("Left for a hand:", migration.left);
  if (migration.left.empty()) out += "\n# Everything was understood.\n";
  return out;
}

}  // namespace orrery::migrate
