// Commands: what the program can do beside serving, as a table: `orrery ctl reload`, `orrery top`, `orrery plan`.
//
// Pure and constant. Read by what obeys them (src/ctl, src/migrate), and by the generator of the man page and of the
// completions. A command that has no row does not exist; none of the rows has to do with the server.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::config {

/// What may stand behind a command, with dashes.
struct CommandOption {
  std::string_view name{};         ///< without dashes
  char letter = 0;                 ///< short form
  std::string_view placeholder{};  ///< what it calls its value; empty = it takes none
  std::string_view doc{};          ///< one sentence
};

struct Command {
  std::string_view name{};
  bool under_ctl = true;                    ///< `orrery ctl NAME`; else `orrery NAME`
  bool asks_service = true;                 ///< it takes the options that say where a service is asked
  std::string_view operands{};              ///< as the help shows them: "WORKER|all"
  std::size_t least = 0;                    ///< operands it needs
  std::size_t most = 0;                     ///< operands it takes
  std::vector<std::string_view> words{};    ///< what the operand may be, where that is a fixed list
  std::vector<std::string_view> options{};  ///< beside those that every command of its kind has
  std::string_view doc{};                   ///< one sentence
};

/// The words that `orrery` takes first instead of a flag: ctl, top, plan, doctor, migrate.
const std::vector<std::string_view>& command_words();
bool is_command_word(std::string_view word);

/// All rows, in the order in which they are shown.
const std::vector<Command>& commands();
const Command* find_command(std::string_view name, bool under_ctl);

const std::vector<CommandOption>& command_options();
const CommandOption& command_option(std::string_view name);

/// The names of the options that a command takes, those of its kind first.
std::vector<std::string_view> options_of(const Command& command);

/// `orrery ctl --help`.
std::string render_command_help(std::string_view program);

}  // namespace orrery::config
