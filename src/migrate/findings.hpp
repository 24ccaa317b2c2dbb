// Findings: what the files and command lines of a deployment say to gunicorn, as plain values.
//
// Filled by the readers (one for each kind of file), read by the translation; neither sees the other. A text is in the
// language of values of the settings file: `${NAME}` is a variable of the environment, `$$` a dollar sign. Nothing here
// is looked up on the machine or run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orrery::migrate {

/// A word of a command line, or the value of a setting.
struct Word {
  std::string text;    ///< in the language of values
  std::string source;  ///< what a shell would get to see: dollar signs stand for themselves
  bool plain = true;   ///< false: it holds what only a shell, a template or Python can tell; `text` is as it stood
};

/// gunicorn's order: the later is stronger.
enum class Rank : std::uint8_t { kFile, kVariable, kCommandLine };

/// One setting, as one place gives it.
struct Said {
  std::string name;          ///< gunicorn's
  std::vector<Word> values;  ///< several for a list; none for Python's None
  std::string where;         ///< "Procfile:1"
  Rank rank = Rank::kFile;
  bool cpus = false;  ///< the value is computed from the number of CPUs
};

/// Something a person should read.
struct Remark {
  std::string where;
  std::string sentence;
};

/// After which time the manager of the service kills what has not stopped.
struct StopLimit {
  std::string name;  ///< "TimeoutStopSec"
  std::int64_t seconds = 0;
  std::string where;
};

struct Findings {
  std::vector<Said> said;
  std::vector<Remark> left;   ///< for a hand
  std::vector<Remark> notes;  ///< nothing is to be done
  std::string command;        ///< the first command line of gunicorn, as it stood; empty = none
  std::string command_where;
  std::vector<std::pair<std::string, std::string>> files;  ///< that `-c` names, each with the place where it does
  std::optional<StopLimit> stop_limit;
};

}  // namespace orrery::migrate
