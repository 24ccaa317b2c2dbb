#include "migrate/command.hpp"

#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fmt/core.h>
#include <string_view>
#include <system_error>
#include <utility>

#include "migrate/command_lines.hpp"
#include "migrate/flags.hpp"
#include "migrate/report.hpp"
#include "migrate/source.hpp"
#include "migrate/translation.hpp"
#include "migrate/words.hpp"

namespace orrery::migrate {
namespace {

constexpr const char* kCommandLine = "command line";

constexpr const char* kHelp = R"(Usage: {0} migrate gunicorn FILE|COMMAND...

Writes the settings of a gunicorn deployment as a settings file of {0} to standard output. A comment stands
above each line that means something else; what has no counterpart is listed at the end, with the reason.

FILE is a Procfile, a Dockerfile, a systemd unit or socket, supervisord's configuration, a compose file, a
manifest of Kubernetes, tasks of Ansible, a shell script, a file of variables (.env), or gunicorn's own
settings file (.py), of which plain assignments are read; no Python is run. COMMAND is a command line of
gunicorn, as one word or as several. $GUNICORN_CMD_ARGS is read too where it is set.

  {0} migrate gunicorn Procfile > orrery.yaml
  {0} migrate gunicorn gunicorn.service gunicorn.socket gunicorn.conf.py > orrery.yaml
  {0} migrate gunicorn gunicorn -w 4 -b 0.0.0.0:8000 shop.wsgi > orrery.yaml

Exit status: 0 all was understood, 1 something is left for a hand, 2 a wrong command line.
)";

bool is_file(const std::string& word) {
  std::error_code error;
  return std::filesystem::exists(word, error) && !std::filesystem::is_directory(word, error);
}

/// The words of a command line; a single one is cut as a shell would.
Result<void> read_command_words(const std::vector<std::string>& words, Findings& findings) {
  std::vector<Words> commands;
  if (words.size() == 1) {
    commands = split_commands(words.front(), Dialect::kShell);
  } else {
    commands.emplace_back();
    for (const std::string& word : words) commands.front().push_back(literal(word));
  }
  if (read_commands(commands, kCommandLine, findings)) return {};
  if (words.front().starts_with("-")) {
    read_flags(commands.front(), kCommandLine, Rank::kCommandLine, findings);
    return {};
  }
  return fail(fmt::format("`{}` is no file that can be read, and no command line of gunicorn", words.front()));
}

int say_wrong(const std::string& program, const std::string& sentence) {
  fmt::print(stderr, "{} migrate: {}\n", program, sentence);
  return kExitUsage;
}

bool wants_help(const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size() && i < 3; ++i)
    if (words[i] == "--help" || words[i] == "-h") return true;
  return false;
}

int print(const std::string& program, const std::string& text, int exit) {
  std::fputs(text.c_str(), stdout);
  if (std::fflush(stdout) == 0) return exit;
  fmt::print(stderr, "{} migrate: the standard output could not be written\n", program);
  return kExitLeft;
}

int migrate(const config::Sources& sources) {
  const std::vector<std::string>& words = sources.arguments;
  if (wants_help(words)) return print(sources.program, fmt::format(kHelp, sources.program), kExitDone);
  if (words.size() < 2 || words[1] != "gunicorn")
    return say_wrong(sources.program, "say from what: `migrate gunicorn FILE|COMMAND…`; --help tells more");
  Findings findings;
  if (auto done = read_operands({words.begin() + 2, words.end()}, findings); !done)
    return say_wrong(sources.program, done.error().message);
  const auto variable = sources.environment.find("GUNICORN_CMD_ARGS");
  if (variable != sources.environment.end())
    read_arguments_variable(literal(variable->second), "environment", findings);
  if (findings.said.empty() && findings.command.empty())
    findings.left.push_back({"", "nothing that was given starts gunicorn or has settings of it"});
  const Migration migration = translate(findings);
  if (!migration.left.empty())
    fmt::print(stderr, "{} migrate: left for a hand: {}; listed at the end\n", sources.program, migration.left.size());
  return print(sources.program, render(migration, findings, sources.program),
               migration.left.empty() ? kExitDone : kExitLeft);
}

}  // namespace

Result<void> read_operands(const std::vector<std::string>& operands, Findings& findings) {
  if (operands.empty())
    return fail("name a file of the deployment, or write gunicorn's command line; --help tells more");
  std::size_t at = 0;
  std::vector<std::string> files;
  for (; at < operands.size() && is_file(operands[at]); ++at) {
    if (auto done = read_source(operands[at], findings); !done) return fail(done);
    files.push_back(operands[at]);
  }
  if (at < operands.size() && operands[at] == "--") ++at;
  if (at < operands.size()) {
    const std::vector<std::string> words{operands.begin() + static_cast<std::ptrdiff_t>(at), operands.end()};
    if (auto done = read_command_words(words, findings); !done) return fail(done);
  }
  read_named_files(files, findings);
  return {};
}

bool is_command(int argc, const char* const* argv) { return argc > 1 && std::string_view{argv[1]} == "migrate"; }

int run_command(const config::Sources& sources) {
  try {
    return migrate(sources);
  } catch (const std::exception& error) {
    return say_wrong(sources.program, error.what());
  }
}

}  // namespace orrery::migrate
