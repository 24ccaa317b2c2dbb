// YamlDocuments: where the documents of a YAML text begin, and what of it the parser would not get past.
//
// Pure; beside config/yaml.cpp the only user of yaml-cpp in this floor, whose exceptions it lets through. It reads no
// value.
#pragma once

#include <optional>
#include <string>
#include <vector>
#include <yaml-cpp/mark.h>

namespace orrery::config {

struct YamlDocument {
  YAML::Mark start;
  YAML::Mark content;
};

/// The first documents, three at most. yaml-cpp never gets past some stray characters (a `,` on the outermost level):
/// there LoadAll makes empty documents until the memory is full.
std::vector<YamlDocument> find_documents(const std::string& text);

/// The place yaml-cpp does not get past, if there is one.
std::optional<YAML::Mark> find_stray(const std::vector<YamlDocument>& documents);

/// yaml-cpp takes a quote that is open at the end for closed when a line feed comes last; without one it complains.
std::string without_last_blanks(const std::string& text);

}  // namespace orrery::config
