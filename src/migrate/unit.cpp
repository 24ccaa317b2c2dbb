#include "migrate/unit.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <vector>

#include "migrate/command_lines.hpp"
#include "migrate/text_lines.hpp"

namespace orrery::migrate {
namespace {

struct Entry {
  std::string section, name, value;
  std::string where;
};

/// `name=value` lines. With `indents` an indented line goes on with the value before.
std::vector<Entry> read_entries(const std::vector<TextLine>& lines, const std::string& file, bool indents,
                                Findings& findings) {
  std::vector<Entry> entries;
  std::string section;
  for (const TextLine& line : lines) {
    const std::string where = place(file, line.number);
    const auto equals = line.text.find('=');
    if (line.text.starts_with("{%")) {
      findings.left.push_back({where, fmt::format("`{}`: what a template decides is not followed", line.text)});
    } else if (line.text.front() == '[' && line.text.back() == ']') {
      section = line.text.substr(1, line.text.size() - 2);
    } else if (indents && line.indented && !entries.empty()) {
      entries.back().value.append(1, ' ').append(line.text);
    } else if (equals != std::string::npos) {
      entries.push_back({section, std::string{trimmed(std::string_view{line.text}.substr(0, equals))},
                         std::string{trimmed(std::string_view{line.text}.substr(equals + 1))}, where});
    }
  }
  return entries;
}

void read_assignments(const Words& words, const std::string& where, Findings& findings) {
  for (const Word& word : words) {
    const auto source = word.source.find('='), text = word.text.find('=');
    if (source == std::string::npos || text == std::string::npos) continue;
    read_variable(word.source.substr(0, source),
                  {word.text.substr(text + 1), word.source.substr(source + 1), word.plain}, where, findings);
  }
}

void read_exec_start(const Entry& entry, Findings& findings) {
  const auto begin = entry.value.find_first_not_of("@-:+!");
  if (begin == std::string::npos) return;
  if (!read_commands(split_commands(std::string_view{entry.value}.substr(begin), Dialect::kUnit), entry.where,
                     findings))
    findings.left.push_back(
        {entry.where, fmt::format("`{}` does not start gunicorn here; give the script that does", entry.value)});
}

/// `A="b",C='d'` of supervisord, as words.
Words cut_at_commas(std::string_view text, Dialect dialect) {
  std::string blanks{text};
  char quote = 0;
  for (char& c : blanks) {
    if (quote == 0 && c == ',') c = ' ';
    if (c == '"' || c == '\'') quote = quote == 0 ? c : quote == c ? '\0' : quote;
  }
  const auto commands = split_commands(blanks, dialect);
  return commands.empty() ? Words{} : commands.front();
}

}  // namespace

void read_unit(std::string_view text, const std::string& file, Findings& findings) {
  for (const Entry& entry : read_entries(cut_lines(text, Joining::kBackslash, true), file, false, findings)) {
    if (entry.section == "Socket" && entry.name == "ListenStream") {
      findings.notes.push_back(
          {entry.where, fmt::format("the socket unit stays: systemd opens {} and hands it over, and `bind` is not used "
                                    "then; SocketUser= and SocketMode= say which users may connect",
                                    entry.value)});
    }
    if (entry.section != "Service") continue;
    if (entry.name == "ExecStart" && !entry.value.empty()) read_exec_start(entry, findings);
    if (entry.name == "TimeoutStopSec") read_stop_limit(entry.name, entry.value, entry.where, findings);
    if (entry.name == "EnvironmentFile") {
      findings.notes.push_back(
          {entry.where, fmt::format("{} is not read here; where it has GUNICORN_CMD_ARGS, give it too", entry.value)});
    }
    if (entry.name == "Environment") {
      const auto commands = split_commands(entry.value, Dialect::kUnit);
      if (!commands.empty()) read_assignments(commands.front(), entry.where, findings);
    }
  }
}

void read_supervisor(std::string_view text, const std::string& file, Findings& findings) {
  auto entries = read_entries(cut_lines(text, Joining::kNone, true), file, true, findings);
  for (Entry& entry : entries) entry.value.resize(std::min(entry.value.find(" ;"), entry.value.size()));
  std::string program;
  for (const Entry& entry : entries) {
    if (!entry.section.starts_with("program:") || entry.name != "command") continue;
    const auto commands = split_commands(entry.value, Dialect::kSupervisor);
    const bool first = program.empty() && starts_gunicorn(commands);
    if (first) program = entry.section;
    if (!read_commands(commands, entry.where, findings))
      findings.notes.push_back({entry.where, fmt::format("[{}] is none of gunicorn's; it stays", entry.section)});
  }
  for (const Entry& entry : entries) {
    if (entry.section != program) continue;
    if (entry.name == "environment")
      read_assignments(cut_at_commas(entry.value, Dialect::kSupervisor), entry.where, findings);
    if (entry.name == "stopwaitsecs") read_stop_limit(entry.name, entry.value, entry.where, findings);
  }
}

}  // namespace orrery::migrate
