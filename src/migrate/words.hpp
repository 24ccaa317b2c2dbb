// Words: command lines cut into words as the program that would run them does, without running or looking up anything.
//
// Pure. A variable stays a variable, in the form of our settings file. What only a shell, a systemd specifier or a
// template could tell makes a word that is not plain: it is kept as it stands, for a person to fill in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/findings.hpp"

namespace orrery::migrate {

/// Who reads the line.
enum class Dialect : std::uint8_t {
  kShell,       ///< sh: quotes, $NAME, ${NAME:-default}, and operators between commands
  kExec,        ///< nobody: an array of arguments, or Python's shlex: a dollar sign is itself
  kUnit,        ///< systemd: $NAME, $$, specifiers such as %i
  kSupervisor,  ///< supervisord: %(ENV_NAME)s
  kCompose,     ///< docker compose: $NAME, $$
  kKubernetes,  ///< $(NAME), $$(NAME)
};

using Words = std::vector<Word>;

/// The commands of a text; more than one only where the dialect has operators (`&&`, `;`, `|`, a new line).
std::vector<Words> split_commands(std::string_view text, Dialect dialect);

/// The whole text as one word: an entry of an array.
Word read_word(std::string_view text, Dialect dialect);

/// A text that means itself.
Word literal(std::string_view text);

}  // namespace orrery::migrate
