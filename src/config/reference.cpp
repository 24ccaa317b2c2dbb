#include "config/reference.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>
#include <vector>

#include "base/joined.hpp"
#include "config/number.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

namespace orrery::config {
namespace {

constexpr std::size_t kHelpWidth = 80;
constexpr std::size_t kHelpColumn = 30;
constexpr char kHardBlank = '\x1f';
// Longer values push their own origin to the right, not everybody's.
constexpr std::size_t kWidestAligned = 40;

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (auto& line : lines) std::replace(line.begin(), line.end(), kHardBlank, ' ');
  return lines;
}

std::string flags_of(const Setting& setting) {
  const std::string letter = setting.letter != 0 ? fmt::format("-{}, ", setting.letter) : "    ";
  const std::string value = setting.placeholder.empty() ? "" : fmt::format(" {}", setting.placeholder);
  return fmt::format("  {}{}{}", letter, shown_flag(setting), value);
}

/// A duration or a mode already carries its unit.
bool shows_unit(const Setting& setting, const std::string& value) {
  if (setting.kind == Kind::kSize) return value.find_first_not_of("0123456789") == std::string::npos;
  return setting.kind == Kind::kInteger && value != setting.zero_word;
}

/// Blanks in it become kHardBlank, which wrap() does not break at.
std::string unbroken(std::string text) {
  std::replace(text.begin(), text.end(), ' ', kHardBlank);
  return text;
}

std::string help_text(const Setting& setting) {
  std::string text{summary(setting)};
  if (text.back() != '.') text += '.';
  if (is_command(setting)) return text;
  const auto value = fmt::format("[{}]", default_text(setting));
  return fmt::format("{} {}", text, value.size() <= kHelpWidth / 4 ? unbroken(value) : value);
}

/// `flags` in the first column, `text` wrapped in the second.
std::string help_entry(std::string flags, const std::string& text) {
  std::string out = std::move(flags);
  const auto lines = wrap(text, kHelpWidth - kHelpColumn);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 0 && out.size() + 2 > kHelpColumn) out += '\n';
    const auto line_start = out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1;
    out.append(kHelpColumn - (out.size() - line_start), ' ');
    out += lines[i] + '\n';
  }
  return out;
}

std::string_view placeholder(const sections::Row& row) {
  switch (row.kind) {
    case sections::Kind::kSwitch: return "";
    case sections::Kind::kInteger:
    case sections::Kind::kNumber: return " N";
    case sections::Kind::kSize: return " SIZE";
    case sections::Kind::kDuration: return " TIME";
    case sections::Kind::kText:
    case sections::Kind::kList: return " TEXT";
    case sections::Kind::kSecret: return " FILE";
  }
  return "";
}

std::string app_entry(const sections::Row& row) {
  std::string text = row.help;
  if (!text.empty() && text.back() != '.') text += '.';
  if (const auto range = describe_range(row); !range.empty()) text += " " + unbroken(fmt::format("({})", range));
  const std::string usual = usual_text(row);
  text += " " + unbroken(fmt::format("[{}]", usual == "\"\"" ? "empty" : usual));
  if (!row.options.environment.empty()) text += fmt::format(" Variable: {}", row.options.environment);
  return help_entry(fmt::format("      {}{}", app_flag(row.name), placeholder(row)), text);
}

std::string app_help(const sections::Table& table) {
  std::string out = fmt::format("\nApplication: in YAML below `{}`, without `app-`\n", kAppSettings);
  for (const sections::Row& row : table.rows) out += app_entry(row);
  return out;
}

std::string origin_of(const Setting& setting, const std::map<std::string_view, std::string>& origins) {
  const auto origin = origins.find(setting.name);
  return origin == origins.end() ? "default" : origin->second;
}

std::string all_flags(const Setting& setting) {
  std::vector<std::string> flags;
  if (setting.letter != 0) flags.push_back(fmt::format("`-{}`", setting.letter));
  for (const auto flag : setting.flags) flags.push_back(fmt::format("`--{}`", flag));
  return base::joined(flags, " ");
}

std::string default_code(const Setting& setting) {
  static const Config defaults;
  const auto value = print(setting, defaults);
  if (value.empty() || setting.kind == Kind::kSwitch) return default_text(setting);
  return fmt::format("`{}`{}{}", value, shows_unit(setting, value) ? " " : "",
                     shows_unit(setting, value) ? setting.unit : "");
}

std::string reference_value(const Setting& setting) {
  std::string out = fmt::format("- Default: {}\n", default_code(setting));
  if (const auto range = describe_range(setting); !range.empty()) {
    const bool counted = setting.kind != Kind::kDuration && !setting.unit.empty();
    out += fmt::format("- Values: {}{}\n", range, counted ? fmt::format(" ({})", setting.unit) : "");
  }
  if (!setting.environment.empty()) out += fmt::format("- Environment: `{}`\n", setting.environment);
  return out + fmt::format("- On reload: {}\n", impact_sentence(setting.impact));
}

std::string reference_entry(const Setting& setting) {
  std::string out = fmt::format("\n### `{}`\n\n", setting.name);
  for (const auto& line : wrap(setting.doc, 110)) out += line + '\n';
  out += fmt::format("\n- Flags: {}\n", all_flags(setting));
  return is_command(setting) ? out : out + reference_value(setting);
}

constexpr std::string_view kHelpEnd = R"help(
Examples
  {0} -b 0.0.0.0:8000 -w 4 -k threads --threads 8
  {0} -c /etc/orrery/service.yaml --check-config
  {0} -c /etc/orrery/service.yaml --pid /run/orrery.pid
  kill -HUP "$(cat /run/orrery.pid)"

A TIME is in seconds, or has a unit: 500ms 10s 2m 1h. A SIZE is in bytes, or
has a unit: 64k 1m 2g. In YAML a setting has its name with underscores:
`worker_class: async`. Weakest to strongest: defaults, WEB_CONCURRENCY, PORT
and FORWARDED_ALLOW_IPS, the YAML file, ORRERY_CMD_ARGS, the command line.

Signals to the master
  TERM        stop, and let requests in flight be answered
  INT, QUIT   stop at once
  HUP         read the configuration again and replace the workers
  USR2        upgrade to the binary that lies on disk
  TTIN, TTOU  one worker more, one less
  USR1        open the log files again
  WINCH       retire all workers, and wait for HUP

Read more: config/SETTINGS.md has every setting in full, README.md the rest.
)help";

constexpr std::string_view kReferenceStart = R"(# Settings

<!-- Made from the settings table in src/config/settings.cpp; do not edit. To make it anew:
     build/debug/settings_reference > config/SETTINGS.md -->

A setting is given in the YAML file by its name (`worker_class: async`) or on the command line by a flag. Weakest to
strongest: the default; the variables `WEB_CONCURRENCY`, `PORT` and `FORWARDED_ALLOW_IPS`; the YAML file; the variable
`ORRERY_CMD_ARGS`, which holds flags as on a command line; the command line. A stronger source replaces the whole value,
lists included.

Times are in seconds, or have a unit: `500ms` `10s` `2m` `1h`. Sizes are in bytes, or have a unit: `64k` `1m` `2g`
(of 1024). Switches are `true` or `false`. `--print-config` shows each value and where it came from.

In YAML a text that begins with `*`, `%`, `[`, `{`, `@` or `&` stands in quotes: `bind: "[::]:8000"`. A mapping under a
name that begins with `x-` is no setting but a place for an anchor, which `<<` merges:
`x-base: &base {workers: 4}`, then `<<: *base`. What stands beside the `<<` is stronger.

In the file, `${NAME}` in a value is what the variable NAME of the environment holds, and `${NAME:-default}` is the
default where NAME is not set or empty: `bind: "[::]:${PORT:-8000}"`. A variable that is not set and has no default is a
mistake. Its text stays text: it is checked as if it stood in the file, and becomes no name, no list and no second line.
`$$` is a dollar sign, and a `$` before anything but `{` and `$` is itself. Between brackets such a value stands in
quotes. `HUP` reads the file again with the environment of the start.

An application may have settings of its own, which `--help` of its program lists: `page: 50` below `app_settings`, or
`--app-page 50`. A list is a flag given several times, and a switch needs no value. Each of them is given, ranked and
checked like a setting of the server, and a stronger source replaces one of them, not all.
)";

}  // namespace

std::string default_text(const Setting& setting) {
  static const Config defaults;
  if (setting.kind == Kind::kSwitch) return "off";
  const auto value = print(setting, defaults);
  if (value.empty()) return setting.kind == Kind::kList ? "none" : "empty";
  return shows_unit(setting, value) ? fmt::format("{} {}", value, setting.unit) : value;
}

std::string impact_sentence(Impact impact) {
  switch (impact) {
    case Impact::kLive: return "taken over at once (`live`)";
    case Impact::kRespawn: return "workers are replaced (`respawn`)";
    case Impact::kRebind: return "sockets are opened anew, workers are replaced (`rebind`)";
    case Impact::kRestart: return "not applied: needs a restart (`restart`)";
  }
  return "";
}

std::string render_help(const std::string& program, const sections::Table* application) {
  std::string out = fmt::format(
      "Usage: {0} [-c FILE] [FLAGS]\n       {0} ctl|top|plan|doctor|migrate --help\n\n"
      "Serves HTTP with supervised worker processes.\n",
      program);
  for_each_by_group([&](Group group) { out += fmt::format("\n{}\n", group_title(group)); },
                    [&](const Setting& setting) { out += help_entry(flags_of(setting), help_text(setting)); });
  if (application != nullptr && !application->rows.empty()) out += app_help(*application);
  out += fmt::format(kHelpEnd, program);
  return out;
}

std::string render_config(const Config& config, const std::map<std::string_view, std::string>& origins) {
  std::size_t name_width = 0, value_width = 0;
  for (const Setting& setting : settings()) {
    if (is_command(setting)) continue;
    name_width = std::max(name_width, setting.name.size());
    const auto width = print_yaml(setting, config).size();
    if (width <= kWidestAligned) value_width = std::max(value_width, width);
  }
  std::string out;
  for_each_by_group(
      [&](Group group) {
        if (group != Group::kCommands) out += fmt::format("{}# {}\n", out.empty() ? "" : "\n", group_title(group));
      },
      [&](const Setting& setting) {
        if (is_command(setting)) return;
        out += fmt::format("{:<{}} {:<{}}  # {}\n", fmt::format("{}:", setting.name), name_width + 1,
                           print_yaml(setting, config), value_width, origin_of(setting, origins));
      });
  return out;
}

std::string render_app_config(const std::vector<AppValue>& values) {
  if (values.empty()) return "";
  std::string out = fmt::format("\n# application\n{}:\n", kAppSettings);
  std::size_t name_width = 0, value_width = 0;
  for (const AppValue& value : values) {
    name_width = std::max(name_width, value.name.size());
    if (value.yaml.size() <= kWidestAligned) value_width = std::max(value_width, value.yaml.size());
  }
  for (const AppValue& value : values)
    out +=
        fmt::format("  {:<{}} {:<{}}  # {}\n", value.name + ":", name_width + 1, value.yaml, value_width, value.origin);
  return out;
}

std::string render_reference() {
  std::string out{kReferenceStart};
  for_each_by_group([&](Group group) { out += fmt::format("\n## {}\n", group_title(group)); },
                    [&](const Setting& setting) { out += reference_entry(setting); });
  return out;
}

}  // namespace orrery::config
