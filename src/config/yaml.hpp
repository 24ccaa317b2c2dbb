// Yaml: reads a settings file.
//
// With config/yaml_documents the only user of yaml-cpp, and the fence for its exceptions: nothing is thrown past here,
// and no text of the library reaches a person. Runs in the master, at start and at each reload.
#pragma once

#include <string>

#include "config/expansion.hpp"
#include "config/reading.hpp"

namespace orrery::config {

/// Reads `path`: every complaint at once, each at `path:line:column`. An empty file gives nothing. `environment` has
/// the variables of its values.
Reading read_yaml(const std::string& path, const Environment& environment = {});

/// The same for a text; `name` stands in for the path.
Reading read_yaml_text(const std::string& text, const std::string& name, const Environment& environment = {});

}  // namespace orrery::config
