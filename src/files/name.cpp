#include "files/name.hpp"

#include <algorithm>
#include <cstddef>

namespace orrery::files {

namespace {

std::string_view without_query(std::string_view target) { return target.substr(0, target.find('?')); }

bool has_encoded_slash(std::string_view target) {
  for (std::size_t at = target.find('%'); at != std::string_view::npos; at = target.find('%', at + 1))
    if (at + 2 < target.size() && target[at + 1] == '2' && (target[at + 2] | 0x20) == 'f') return true;
  return false;
}

/// A segment that names nothing that is served: empty, or hidden.
bool is_refused(std::string_view segment, bool hidden) {
  if (segment.empty() || segment == "." || segment == "..") return true;
  return segment.front() == '.' && !hidden;
}

bool has_refused_segment(std::string_view name, bool hidden) {
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('/'), name.size());
    if (is_refused(name.substr(0, end), hidden)) return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

}  // namespace

Name read_name(std::string_view target, std::string_view rest, std::string_view path, bool hidden) {
  Name name;
  name.is_directory = path.ends_with('/');
  name.is_refused =
      rest.starts_with('/') || has_encoded_slash(without_query(target)) || rest.find('\0') != std::string_view::npos;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  name.is_refused = name.is_refused || rest.ends_with('/') || has_refused_segment(rest, hidden);
  if (!name.is_refused) name.text = rest;
  return name;
}

std::string with_slash(std::string_view target) {
  const std::string_view path = without_query(target);
  const std::string_view last = path.substr(path.rfind('/') + 1);
  // "./": what stands before a colon would else be a scheme.
  return "./" + std::string{last} + "/" + std::string{target.substr(path.size())};
}

}  // namespace orrery::files
