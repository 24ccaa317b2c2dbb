#include "migrate/plain_files.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <vector>

#include "config/expansion.hpp"
#include "migrate/command_lines.hpp"
#include "migrate/text_lines.hpp"

namespace orrery::migrate {
namespace {

/// What a script set itself, by name, as a shell would see it.
using Variables = std::map<std::string, std::string>;

/// `text` with the references to known variables replaced.
std::string filled(std::string text, const Variables& variables) {
  for (const auto& [name, value] : variables) {
    for (const std::string& begin : {"${" + name + "}", "${" + name + ":-"}) {
      for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + value.size()))
        text.replace(at, text.find('}', at) + 1 - at, value);
    }
  }
  return text;
}

Words filled(Words words, const Variables& variables) {
  for (Word& word : words) {
    if (!word.plain) continue;
    word.source = filled(word.source, variables);
    word.text = filled(word.text, variables);
  }
  return words;
}

/// Notes `NAME=value` and `export NAME=value`; true when the command is nothing else.
bool take_assignments(const Words& words, Variables& variables) {
  bool only = !words.empty();
  for (const Word& word : words) {
    const auto equals = word.source.find('=');
    const std::string name = word.source.substr(0, equals);
    if (word.source == "export") continue;
    const bool assigns = equals != std::string::npos && config::is_variable_name(name);
    if (assigns && word.plain) variables[name] = word.source.substr(equals + 1);
    only = only && assigns;
  }
  return only;
}

/// A shell's own words around commands, and what moves or waits: nothing that a person must keep.
bool is_shells_own(const Words& words) {
  static constexpr std::string_view kOwn[] = {"set", "cd", "source", ".", "echo", "export", "if", "fi", "then", "else"};
  return std::ranges::count(kOwn, std::string_view{words.front().source}) != 0;
}

}  // namespace

void read_procfile(std::string_view text, const std::string& file, Findings& findings) {
  for (const TextLine& line : cut_lines(text, Joining::kNone)) {
    const auto colon = line.text.find(':');
    const std::string where = place(file, line.number);
    if (colon == std::string::npos) {
      findings.left.push_back({where, fmt::format("`{}` is no `process: command`", line.text)});
      continue;
    }
    const auto commands = split_commands(std::string_view{line.text}.substr(colon + 1), Dialect::kShell);
    if (!read_commands(commands, where, findings))
      findings.notes.push_back(
          {where, fmt::format("the process `{}` is none of gunicorn's; it stays", line.text.substr(0, colon))});
  }
}

void read_shell_script(std::string_view text, const std::string& file, Findings& findings) {
  Variables variables;
  for (const TextLine& line : cut_lines(text, Joining::kBackslash)) {
    for (const Words& words : split_commands(line.text, Dialect::kShell)) {
      const std::vector<Words> one{filled(words, variables)};
      const std::string where = place(file, line.number);
      if (take_assignments(one.front(), variables)) {
        for (const Word& word : one.front()) {
          const auto name = word.source.substr(0, word.source.find('='));
          read_variable(name, literal(variables[name]), where, findings);
        }
      } else if (!read_commands(one, where, findings) && !is_shells_own(one.front())) {
        findings.notes.push_back({where, fmt::format("`{}` is none of gunicorn's; it stays", line.text)});
      }
    }
  }
}

void read_variables_file(std::string_view text, const std::string& file, Findings& findings) {
  for (const TextLine& line : cut_lines(text, Joining::kBackslash, true)) {
    for (const Words& words : split_commands(line.text, Dialect::kExec)) {
      Variables variables;
      take_assignments(words, variables);
      for (const auto& [name, value] : variables)
        read_variable(name, literal(value), place(file, line.number), findings);
    }
  }
}

}  // namespace orrery::migrate
