#include "migrate/dockerfile.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "base/lower_case.hpp"
#include "migrate/command_lines.hpp"
#include "migrate/text_lines.hpp"

namespace orrery::migrate {
namespace {

/// CMD or ENTRYPOINT.
struct Start {
  std::vector<Words> commands;
  bool is_array = false;
  std::string where;
};

Start read_start(std::string_view text, std::string where) {
  Start start;
  start.where = std::move(where);
  const auto entries = read_array(text);
  start.is_array = !entries.empty();
  if (!start.is_array) {
    start.commands = split_commands(text, Dialect::kShell);
    return start;
  }
  Words words;
  for (const std::string& entry : entries) words.push_back(read_word(entry, Dialect::kExec));
  start.commands.push_back(std::move(words));
  return start;
}

/// `ENV A=b C=d`, and the old `ENV A b`.
void read_env(std::string_view text, const std::string& where, Findings& findings) {
  const auto commands = split_commands(text, Dialect::kExec);
  if (commands.empty()) return;
  const Words& words = commands.front();
  if (words.front().source.find('=') == std::string::npos) {
    const auto value = trimmed(text.substr(std::min(text.find_first_of(" \t"), text.size())));
    return read_variable(words.front().source, literal(value), where, findings);
  }
  for (const Word& word : words) {
    const auto equals = word.source.find('=');
    if (equals != std::string::npos)
      read_variable(word.source.substr(0, equals), literal(word.source.substr(equals + 1)), where, findings);
  }
}

/// One JSON text at `text`, which is moved behind it; false when there is none.
bool take_text(std::string_view& text, std::string& out) {
  if (text.empty() || text[0] != '"') return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    } else {
      out += text[i];
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> read_array(std::string_view text) {
  std::vector<std::string> entries;
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {};
  text = trimmed(text.substr(1, text.size() - 2));
  while (!text.empty()) {
    std::string entry;
    if (!take_text(text, entry)) return {};
    entries.push_back(std::move(entry));
    text = trimmed(text);
    if (text.empty()) break;
    if (text[0] != ',') return {};
    text = trimmed(text.substr(1));
  }
  return entries;
}

void read_dockerfile(std::string_view text, const std::string& file, Findings& findings) {
  Start entry, command;
  for (const TextLine& line : cut_lines(text, Joining::kBackslash)) {
    const auto blank = std::min(line.text.find_first_of(" \t"), line.text.size());
    const std::string word = base::lower_case(line.text.substr(0, blank));
    const auto rest = trimmed(std::string_view{line.text}.substr(blank));
    const std::string where = place(file, line.number);
    if (word == "from") entry = command = {};
    if (word == "env") read_env(rest, where, findings);
    if (word == "entrypoint") entry = read_start(rest, where);
    if (word == "cmd") command = read_start(rest, where);
  }
  // A shell form of ENTRYPOINT takes no words of CMD.
  if (entry.is_array && !entry.commands.empty() && command.is_array) {
    Words words = entry.commands.front();
    words.insert(words.end(), command.commands.front().begin(), command.commands.front().end());
    command.commands = {std::move(words)};
  } else if (!entry.commands.empty()) {
    command = std::move(entry);
  }
  if (read_commands(command.commands, command.where, findings)) return;
  findings.left.push_back({command.where.empty() ? file : command.where,
                           "the image does not start gunicorn here; give the script or the manifest that does"});
}

}  // namespace orrery::migrate
