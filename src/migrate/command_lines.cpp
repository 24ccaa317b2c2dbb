#include "migrate/command_lines.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <optional>

#include "config/expansion.hpp"
#include "migrate/flags.hpp"

namespace orrery::migrate {
namespace {

constexpr std::array kShells{"sh", "bash", "dash", "ash"};
// What stands in front of a program and runs nothing else.
constexpr std::array kWrappers{"exec", "env", "command", "nohup", "sudo", "python", "python3",   "poetry", "pipenv",
                               "uv",   "run", "honcho",  "time",  "gosu", "tini",   "dumb-init", "-m",     "-u"};
// Variables that are read here as they are by gunicorn.
constexpr std::array kReadHereToo{"WEB_CONCURRENCY", "PORT", "FORWARDED_ALLOW_IPS"};

template <class List>
bool is_in(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_gunicorn(const Word& word) {
  const auto name = base_name(word.source);
  return name == "gunicorn" || name == "gunicorn3" || name == "gunicorn.app.wsgiapp";
}

bool is_assignment(const Word& word) {
  const auto equals = word.source.find('=');
  return equals != std::string::npos && config::is_variable_name(std::string_view{word.source}.substr(0, equals));
}

/// `sh -c '…'`, `bash -lc "…"`: where the text of commands stands.
std::optional<std::size_t> find_script(const Words& words) {
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    const std::string& option = words[i + 1].source;
    if (is_in(kShells, base_name(words[i].source)) && option.size() > 1 && option[0] == '-' && option.back() == 'c')
      return i + 2;
  }
  return std::nullopt;
}

std::string shown(const Words& words) {
  std::string out;
  for (const Word& word : words) {
    const bool quotes = word.source.empty() || word.source.find(' ') != std::string::npos;
    out += fmt::format("{}{}{}{}", out.empty() ? "" : " ", quotes ? "'" : "", word.source, quotes ? "'" : "");
  }
  return out;
}

void read_assignment(const Word& word, const std::string& where, Findings& findings) {
  const auto equals = word.source.find('=');
  const Word value{word.text.substr(word.text.find('=') + 1), word.source.substr(equals + 1), word.plain};
  read_variable(word.source.substr(0, equals), value, where, findings);
}

void read_gunicorn(const Words& words, std::size_t at, const std::string& where, Findings& findings) {
  if (!findings.command.empty()) {
    findings.left.push_back({where, fmt::format("a second command of gunicorn stands here (the first: {}); it is a "
                                                "service of its own, so migrate it for itself: `{}`",
                                                findings.command_where, shown(words))});
    return;
  }
  findings.command = shown(words);
  findings.command_where = where;
  Words before;
  for (std::size_t i = 0; i < at; ++i) {
    if (is_assignment(words[i])) {
      read_assignment(words[i], where, findings);
    } else if (!is_in(kWrappers, base_name(words[i].source))) {
      before.push_back(words[i]);
    }
  }
  if (!before.empty())
    findings.notes.push_back({where, fmt::format("`{}` in front of gunicorn: put it in front of orrery where it still "
                                                 "has something to do",
                                                 shown(before))});
  read_flags({words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()}, where, Rank::kCommandLine, findings);
}

bool read_command(const Words& words, const std::string& where, Findings& findings) {
  if (const auto script = find_script(words))
    return read_commands(split_commands(words[*script].source, Dialect::kShell), where, findings);
  const auto program = std::ranges::find_if(words, is_gunicorn);
  if (program == words.end()) return false;
  read_gunicorn(words, static_cast<std::size_t>(program - words.begin()), where, findings);
  return true;
}

bool only_assigns(const Words& words) { return std::ranges::all_of(words, is_assignment); }

}  // namespace

bool starts_gunicorn(const std::vector<Words>& commands) {
  return std::ranges::any_of(commands, [](const Words& words) {
    if (const auto script = find_script(words))
      return starts_gunicorn(split_commands(words[*script].source, Dialect::kShell));
    return std::ranges::any_of(words, is_gunicorn);
  });
}

bool read_commands(const std::vector<Words>& commands, const std::string& where, Findings& findings) {
  if (!starts_gunicorn(commands)) return false;
  for (const Words& words : commands) {
    if (read_command(words, where, findings)) continue;
    if (only_assigns(words)) {
      for (const Word& word : words) read_assignment(word, where, findings);
    } else {
      findings.left.push_back(
          {where, fmt::format("`{}` runs beside gunicorn; keep it where the service is started", shown(words))});
    }
  }
  return true;
}

void read_variable(std::string_view name, const Word& value, const std::string& where, Findings& findings) {
  if (name == "GUNICORN_CMD_ARGS") return read_arguments_variable(value, where, findings);
  if (!is_in(kReadHereToo, name)) return;
  findings.notes.push_back(
      {where, fmt::format("{} may stay in the environment: it is read here as it is by gunicorn", name)});
}

void read_stop_limit(std::string_view name, std::string_view time, const std::string& where, Findings& findings) {
  std::int64_t seconds = 0, number = -1;
  for (std::size_t i = 0; i <= time.size(); ++i) {
    const char c = i < time.size() ? time[i] : 's';
    if (c >= '0' && c <= '9' && number < 1'000'000) {
      number = std::max<std::int64_t>(number, 0) * 10 + (c - '0');
    } else if (number >= 0 && (c == 's' || c == 'm' || c == 'h')) {
      seconds += number * (c == 's' ? 1 : c == 'm' ? 60 : 3600);
      number = -1;
    } else if (c != 's' && c != 'e' && c != 'c' && c != 'i' && c != 'n' && c != ' ') {
      return;
    }
  }
  if (seconds > 0 && !findings.stop_limit) findings.stop_limit = StopLimit{std::string{name}, seconds, where};
}

}  // namespace orrery::migrate
