// Reading: what one source of settings (a file, the command line, the environment) said, and what was wrong
// with it.
//
// A plain value on its way from the readers (yaml, command_line) to load, which ranks the sources. Texts are
// not yet converted; each remembers where it stood, so that every later complaint can say so.
#pragma once

#include <string>
#include <vector>

#include "orrery/section_table.hpp"

#include "config/settings.hpp"

namespace orrery::config {

/// Something a person must put right.
struct Complaint {
  std::string where;    ///< "config/planets.yaml:12:3", "--workers", "ORRERY_CMD_ARGS" or "WEB_CONCURRENCY"
  std::string message;  ///< a sentence
  friend bool operator==(const Complaint&, const Complaint&) = default;
};

struct GivenText {
  std::string text;
  std::string where;
  std::string variables{};  ///< those of the environment that are in it: "${HOST}, ${PORT}"; empty = none
};

/// A value for one setting, as one source gave it.
struct Given {
  const Setting* setting = nullptr;
  std::vector<GivenText> texts;  ///< one, or the entries of a list
  std::string where;             ///< for complaints: "config/planets.yaml:12:3"
  std::string origin;            ///< for people: "config/planets.yaml:12", "--workers", "environment PORT"
};

struct Reading {
  std::vector<Given> given;
  std::vector<Complaint> complaints;
  std::vector<sections::Given> app{};  ///< for the application's own settings
};

}  // namespace orrery::config
