#include "config/completions.hpp"

#include <fmt/format.h>
#include <string_view>
#include <vector>

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
  case $before in
)";

constexpr std::string_view kBashEnd = R"(  esac
  mapfile -t COMPREPLY < <(eval "compgen $values -- \"\$current\"")
}
complete -o filenames -F _orrery orrery
)";

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

}  // namespace

std::string render_bash_completion() {
  std::string out = fmt::format("# bash completion for orrery\n{}{}", kOrigin, kBashStart);
  std::string flags;
  for (const Setting& setting : settings()) {
    for (const auto flag : setting.flags) flags += fmt::format("{}--{}", flags.empty() ? "" : " ", flag);
    if (setting.letter != 0) flags += fmt::format(" -{}", setting.letter);
    if (!takes_value(setting)) continue;
    const auto reply = bash_reply(setting);
    out += fmt::format("    {}) {} ;;\n", bash_pattern(setting),
                       reply.empty() ? "return" : fmt::format("values=\"{}\"", reply));
  }
  out += fmt::format("    *) values=\"-W '{}'\" ;;\n", flags);
  out += kBashEnd;
  return out;
}

std::string render_zsh_completion() {
  std::string out = fmt::format("#compdef orrery\n{}_arguments -s", kOrigin);
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
  return out;
}

}  // namespace orrery::config
