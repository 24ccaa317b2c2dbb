// Source: a file of a deployment recognised by its name, else by what it holds, and given to the reader of its kind.
//
// Reads files, and nothing that they name but the settings file behind `-c` (and gunicorn.conf.py, which gunicorn reads
// by itself). Runs in the process of the command.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

#include "migrate/findings.hpp"

namespace orrery::migrate {

enum class Kind : std::uint8_t {
  kUnknown,
  kProcfile,
  kDockerfile,
  kUnit,
  kSupervisor,
  kManifest,
  kConfFile,
  kShellScript,
  kVariables,
};

/// An ending such as `.j2` of a template is looked through.
Kind recognise(std::string_view path, std::string_view text);

/// Fails with a sentence when the file cannot be read, or is of no kind that is known.
Result<void> read_source(const std::string& path, Findings& findings);

/// Reads the settings files that command lines name, and gunicorn's own beside the `given` files where none is named.
void read_named_files(const std::vector<std::string>& given, Findings& findings);

}  // namespace orrery::migrate
