// Invocation: the words behind the program's name, read by the table of commands (config/commands).
//
// Pure: the words say everything, and what is wrong with them is a sentence. Runs once, in the program of the operator.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

#include "config/commands.hpp"

namespace orrery::ctl {

struct Invocation {
  const config::Command* command = nullptr;  ///< null: only the help is wanted
  std::vector<std::string> operands;
  std::map<std::string_view, std::string> options;  ///< by name; those without a value have an empty one

  [[nodiscard]] bool has(std::string_view option) const { return options.contains(option); }
  /// Empty when it was not given.
  [[nodiscard]] std::string value(std::string_view option) const;
};

/// `words` begin with the command's word: {"ctl", "--json", "status"}.
Result<Invocation> read_words(const std::vector<std::string>& words);

/// "90", "1.5", "90s", "2m": a time in seconds or with a unit, as in the configuration.
Result<std::chrono::milliseconds> read_time(std::string_view option, const std::string& text);

}  // namespace orrery::ctl
