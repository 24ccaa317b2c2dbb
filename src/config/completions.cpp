#include "config/completions.hpp"

#include <fmt/core.h>
#include <string_view>
#include <vector>

#include "base/joined.hpp"
#include "config/commands.hpp"
#include "config/settings.hpp"

namespace orrery::config {
namespace {

constexpr std::string_view kOrigin = "# Made from the settings table in src/config/settings.cpp.\n";

/// What the shell itself can list.
enum class Listed { kNothing, kWords, kFiles, kFolders, kUsers, kGroups };

std::string words_of(const Setting& setting) {
  std::string words;
  for (const Choice& choice : setting.choices) words += fmt::format("{}{}", words.empty() ? "" : " ", choice.word);
  if (words.empty()) words = setting.zero_word;
  return words;
}

Listed listed_for(const Setting& setting) {
  if (!words_of(setting).empty()) return Listed::kWords;
  if (setting.placeholder == "FILE") return Listed::kFiles;
  if (setting.placeholder == "DIR") return Listed::kFolders;
  if (setting.placeholder == "USER") return Listed::kUsers;
  if (setting.placeholder == "GROUP") return Listed::kGroups;
  return Listed::kNothing;
}

bool takes_value(const Setting& setting) { return !setting.placeholder.empty(); }

/// The summary without what a shell would read as its own.
std::string plain_summary(const Setting& setting) {
  std::string text;
  for (const char c : summary(setting)) {
    if (c == '\'' || c == '`') continue;
    if (c == '[' || c == ']' || c == ':') text += '\\';
    text += c;
  }
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

// --- the commands beside serving ---

/// The names behind `ctl`, and the words that their operands may be.
std::string words_behind_ctl() {
  std::string words;
  for (const Command& command : commands())
    if (command.under_ctl) words += fmt::format("{}{}", words.empty() ? "" : " ", command.name);
  return words;
}

std::string first_words() {
  std::string words;
  for (const auto word : command_words()) words += fmt::format("{}{}", words.empty() ? "" : " ", word);
  return words;
}

bool takes_file(const CommandOption& option) { return option.placeholder == "FILE" || option.placeholder == "PATH"; }

std::string setting_names() {
  std::string names;
  for (const Setting& setting : settings())
    if (!is_command(setting)) names += fmt::format("{}{}", names.empty() ? "" : " ", setting.name);
  return names;
}

/// One sentence without what a shell would read as its own.
std::string plain(std::string_view sentence) {
  std::string text;
  for (const char c : sentence) {
    if (c == '\'' || c == '`' || c == '[' || c == ']') continue;
    if (c == ':') text += '\\';
    text += c;
  }
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// --- bash ---

std::string bash_pattern(const Setting& setting) {
  std::string pattern = setting.letter == 0 ? "" : fmt::format("-{}", setting.letter);
  for (const auto flag : setting.flags) pattern += fmt::format("{}--{}", pattern.empty() ? "" : " | ", flag);
  return pattern;
}

std::string bash_reply(const Setting& setting) {
  switch (listed_for(setting)) {
    case Listed::kWords: return fmt::format("-W '{}'", words_of(setting));
    case Listed::kFiles: return "-f";
    case Listed::kFolders: return "-d";
    case Listed::kUsers: return "-u";
    case Listed::kGroups: return "-g";
    case Listed::kNothing: break;
  }
  return "";
}

constexpr std::string_view kBashStart = R"(_orrery() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  # `--flag=value` comes as three words.
  if [ "$current" = = ]; then
    current=
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  local values
  case ${COMP_WORDS[1]} in
    ctl | top | plan | doctor | migrate) if [ "$COMP_CWORD" -gt 1 ]; then _orrery_command; return; fi ;;
  esac
  case $before in
)";

constexpr std::string_view kBashEnd = R"(  esac
  mapfile -t COMPREPLY < <(eval "compgen $values -- \"\$current\"")
}
complete -o filenames -F _orrery orrery
)";

/// `current` and `before` are those of _orrery, which calls it.
std::string bash_commands() {
  std::string out = "_orrery_command() {\n  local values\n  case $before in\n", flags;
  for (const CommandOption& option : command_options()) {
    flags += fmt::format("{}--{}", flags.empty() ? "" : " ", option.name);
    if (option.placeholder.empty()) continue;
    const std::string letter = option.letter == 0 ? "" : fmt::format("-{} | ", option.letter);
    std::string reply = takes_file(option) ? "values=-f" : "return";
    if (option.placeholder == "KEY") reply = fmt::format("values=\"-W '{}'\"", setting_names());
    out += fmt::format("    {}--{}) {} ;;\n", letter, option.name, reply);
  }
  for (const Command& command : commands())
    if (!command.words.empty())
      out += fmt::format("    {}) values=\"-W '{}'\" ;;\n", command.name, base::joined(command.words, " "));
  out += fmt::format(
      "    *)\n"
      "      case ${{COMP_WORDS[1]}},$current in\n"
      "        migrate,-*) values='-W --help' ;;\n"
      "        *,-*) values=\"-W '{}'\" ;;\n"
      "        ctl,*) values=\"-W '{}'\" ;;\n"
      "        plan,*) values=-f ;;\n"
      "        migrate,*) if [ \"$COMP_CWORD\" -eq 2 ]; then values='-W gunicorn'; else values=-f; fi ;;\n"
      "        *) values=\"-W '{}'\" ;;\n"
      "      esac ;;\n"
      "  esac\n"
      "  mapfile -t COMPREPLY < <(eval \"compgen $values -- \\\"\\$current\\\"\")\n"
      "}}\n",
      flags, words_behind_ctl(), flags);
  return out;
}

// --- zsh ---

std::string zsh_action(const Setting& setting) {
  switch (listed_for(setting)) {
    case Listed::kWords: return fmt::format("({})", words_of(setting));
    case Listed::kFiles: return "_files";
    case Listed::kFolders: return "_files -/";
    case Listed::kUsers: return "_users";
    case Listed::kGroups: return "_groups";
    case Listed::kNothing: break;
  }
  return " ";
}

std::string zsh_line(const Setting& setting, const std::string& flag, const std::string& glued) {
  const std::string_view often = setting.kind == Kind::kList ? "*" : "";
  const std::string value =
      takes_value(setting) ? fmt::format(":{}:{}", setting.placeholder, zsh_action(setting)) : std::string{};
  return fmt::format(" \\\n  '{}{}{}[{}]{}'", often, flag, takes_value(setting) ? glued : "", plain_summary(setting),
                     value);
}

/// The options of all commands, then what stands where no option does.
std::string zsh_commands() {
  std::string options;
  for (const CommandOption& option : command_options()) {
    std::string value;
    if (option.placeholder == "KEY") {
      value = fmt::format(":KEY:({})", setting_names());
    } else if (!option.placeholder.empty()) {
      value = fmt::format(":{}:{}", option.placeholder, takes_file(option) ? "_files" : " ");
    }
    const std::string glued = value.empty() ? "" : "=";
    options += fmt::format(" \\\n    '--{}{}[{}]{}'", option.name, glued, plain(option.doc), value);
    if (option.letter != 0) options += fmt::format(" \\\n    '-{}[{}]{}'", option.letter, plain(option.doc), value);
  }
  std::string words = words_behind_ctl();
  for (const Command& command : commands())
    if (!command.words.empty()) words += " " + base::joined(command.words, " ");
  return fmt::format(
      "if (( CURRENT > 2 )) && [[ ${{words[2]}} == (ctl|top|plan|doctor|migrate) ]]; then\n"
      "  local -a behind\n"
      "  if [[ ${{words[2]}} == migrate ]]; then\n"
      "    if (( CURRENT == 3 )); then compadd gunicorn; else _files; fi\n"
      "    return\n"
      "  fi\n"
      "  case ${{words[2]}} in\n"
      "    ctl) behind=('*:command:({})') ;;\n"
      "    plan) behind=('*:file:_files') ;;\n"
      "  esac\n"
      "  _arguments -s $behind{}\n"
      "  return\n"
      "fi\n",
      words, options);
}

// --- fish ---

std::string fish_values(const Setting& setting) {
  switch (listed_for(setting)) {
    case Listed::kWords: return fmt::format(" -x -a '{}'", words_of(setting));
    case Listed::kFiles: return " -r -F";
    case Listed::kFolders: return " -x -a '(__fish_complete_directories)'";
    case Listed::kUsers: return " -x -a '(__fish_complete_users)'";
    case Listed::kGroups: return " -x -a '(__fish_complete_groups)'";
    case Listed::kNothing: break;
  }
  return takes_value(setting) ? " -x" : "";
}

std::string fish_summary(const Setting& setting) {
  std::string text;
  for (const char c : plain_summary(setting)) {
    if (c != '\\') text += c;
  }
  return text;
}

std::string fish_plain(std::string_view sentence) {
  std::string text;
  for (const char c : plain(sentence))
    if (c != '\\') text += c;
  return text;
}

std::string fish_commands() {
  const std::string seen = "__fish_seen_subcommand_from ";
  std::string out = fmt::format("complete -c orrery -n __fish_is_first_token -a '{}'\n", first_words());
  for (const Command& command : commands()) {
    if (command.under_ctl)
      out += fmt::format("complete -c orrery -n '{}ctl' -a {} -d '{}'\n", seen, command.name, fish_plain(command.doc));
    if (!command.words.empty())
      out +=
          fmt::format("complete -c orrery -n '{}{}' -a '{}'\n", seen, command.name, base::joined(command.words, " "));
  }
  out += fmt::format("complete -c orrery -n '{}plan' -F\n", seen);
  out += fmt::format("complete -c orrery -n '{}migrate; and not {}gunicorn' -a gunicorn\n", seen, seen);
  out += fmt::format("complete -c orrery -n '{}migrate; and {}gunicorn' -F\n", seen, seen);
  for (const CommandOption& option : command_options()) {
    std::string value = option.placeholder.empty() ? "" : " -x";
    if (takes_file(option)) value = " -r -F";
    if (option.placeholder == "KEY") value = fmt::format(" -x -a '{}'", setting_names());
    const std::string letter = option.letter == 0 ? "" : fmt::format(" -s {}", option.letter);
    out += fmt::format("complete -c orrery -n '{}{}'{} -l {}{} -d '{}'\n", seen, first_words(), letter, option.name,
                       value, fish_plain(option.doc));
  }
  return out;
}

}  // namespace

std::string render_bash_completion() {
  std::string out = fmt::format("# bash completion for orrery\n{}{}{}", kOrigin, bash_commands(), kBashStart);
  std::string flags;
  for (const Setting& setting : settings()) {
    for (const auto flag : setting.flags) flags += fmt::format("{}--{}", flags.empty() ? "" : " ", flag);
    if (setting.letter != 0) flags += fmt::format(" -{}", setting.letter);
    if (!takes_value(setting)) continue;
    const auto reply = bash_reply(setting);
    out += fmt::format("    {}) {} ;;\n", bash_pattern(setting),
                       reply.empty() ? "return" : fmt::format("values=\"{}\"", reply));
  }
  out += fmt::format("    *)\n      values=\"-W '{}'\"\n", flags);
  out += fmt::format("      if [ \"$COMP_CWORD\" -eq 1 ]; then values=\"-W '{} {}'\"; fi ;;\n", first_words(), flags);
  out += kBashEnd;
  return out;
}

std::string render_zsh_completion() {
  std::string out =
      fmt::format("#compdef orrery\n{}{}_arguments -s \\\n  '1:command:({})'", kOrigin, zsh_commands(), first_words());
  for (const Setting& setting : settings()) {
    if (setting.letter != 0) out += zsh_line(setting, fmt::format("-{}", setting.letter), "+");
    for (const auto flag : setting.flags) out += zsh_line(setting, fmt::format("--{}", flag), "=");
  }
  return out + '\n';
}

std::string render_fish_completion() {
  std::string out = fmt::format("# fish completion for orrery\n{}complete -c orrery -f\n", kOrigin);
  for (const Setting& setting : settings()) {
    out += "complete -c orrery";
    if (setting.letter != 0) out += fmt::format(" -s {}", setting.letter);
    for (const auto flag : setting.flags) out += fmt::format(" -l {}", flag);
    out += fmt::format("{} -d '{}'\n", fish_values(setting), fish_summary(setting));
  }
  return out + fish_commands();
}

}  // namespace orrery::config
