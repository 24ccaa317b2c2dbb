// Dockerfile: what the last stage of a Dockerfile starts: ENTRYPOINT with CMD behind it, and ENV.
//
// Pure: a text in, findings out. It builds nothing and follows no FROM.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/findings.hpp"

namespace orrery::migrate {

void read_dockerfile(std::string_view text, const std::string& file, Findings& findings);

/// The entries of `["a", "b"]` (JSON); nothing when the text is no such array.
std::vector<std::string> read_array(std::string_view text);

}  // namespace orrery::migrate
