// Translation: what a deployment says to gunicorn made into lines of our settings file, each held against the rules
// that
// `--check-config` has.
//
// Pure: it asks for no file, user or address of the machine. What it cannot make a good line of becomes a line
// that is commented out and a sentence for a person. Meanings and sentences come from the tables in config/foreign.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/findings.hpp"

namespace orrery::migrate {

struct Line {
  std::string_view name;              ///< of the setting here
  std::vector<std::string> values;    ///< in the language of values; several for a list
  std::vector<std::string> comments;  ///< what is another thing here; stands above the line
  bool live = true;                   ///< false: commented out, for a hand
};

struct Migration {
  std::vector<Line> lines;      ///< in the order of the table of settings
  std::vector<Remark> dropped;  ///< left out, and nothing is to be done
  std::vector<Remark> left;     ///< for a hand
};

Migration translate(const Findings& findings);

/// One value as YAML that is read as this text.
std::string yaml_text(std::string_view value);

}  // namespace orrery::migrate
