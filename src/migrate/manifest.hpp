// Manifest: gunicorn found in YAML that starts services: docker compose, Kubernetes, Ansible's tasks.
//
// Pure: a text in, findings out. Every mapping that has a command is looked at, wherever it stands; the format decides
// how variables are written in it.
#pragma once

#include <string>

#include "orrery/result.hpp"

#include "migrate/findings.hpp"

namespace orrery::migrate {

/// Fails with a sentence when the text is no YAML.
Result<void> read_manifest(const std::string& text, const std::string& file, Findings& findings);

}  // namespace orrery::migrate
