// Load: all sources of settings made into one Config, or into all the complaints about them.
//
// Ranks the sources: default < WEB_CONCURRENCY, PORT, FORWARDED_ALLOW_IPS < YAML < ORRERY_CMD_ARGS < command
// line. The master calls it at start and again, with the same Sources, at each reload. Never throws, never
// exits, prints nothing, starts nothing: the caller does what `action` says.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/section_table.hpp"

#include "config/app_settings.hpp"
#include "config/reading.hpp"
#include "config/validate.hpp"

namespace orrery::config {

struct Sources {
  std::vector<std::string> arguments;  ///< argv[1..]
  std::map<std::string, std::string> environment;
  bool environment_ranks = true;   ///< false: it is not the service's own, and only fills `${NAME}` in the file
  std::string program = "orrery";  ///< last part of argv[0]
  std::string version;             ///< what --version shows after the program
  std::string default_file;        ///< read when there is no -c and it exists; empty = none
  /// Of the application that the program has in it; null: it has no settings of its own.
  const sections::Table* application = nullptr;
};

/// `version` and `default_file` are left to the caller.
Sources capture_sources(int argc, const char* const* argv, const char* const* environment);

enum class Action : std::uint8_t {
  kServe,
  kServeSingle,  ///< in this process, without a master
  kPrintText,    ///< print `text` on standard output and exit 0
  kCheckConfig,  ///< the configuration is good: say `text` and exit 0
};

/// Where each setting's value came from, by name; settings that are not here have their default.
using Origins = std::map<std::string_view, std::string>;

struct Outcome {
  std::vector<Complaint> complaints;  ///< not empty: start nothing, exit 2
  std::vector<std::string> notes;     ///< sentences for the log: what was understood in another way than it was written
  Config config;
  Origins origins;
  std::map<std::string_view, std::vector<Given>> hidden;  ///< what a stronger source hides, by name; the weakest first
  std::string file;                                       ///< the YAML file that was read; empty = none
  Action action = Action::kServe;
  std::string text;
  sections::Sources app_sources;  ///< what they say for the application; of a module nobody has looked at it yet
  AppSettings app;                ///< the same, as the program's own application has it
};

Outcome load(const Sources& sources);

/// "orrery: config/planets.yaml:12:3: `workres` …", one line per complaint, as the operator should see them.
std::string print_complaints(std::string_view program, const std::vector<Complaint>& complaints);

}  // namespace orrery::config
