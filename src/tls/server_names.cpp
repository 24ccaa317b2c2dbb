#include "tls/server_names.hpp"

#include "base/lower_case.hpp"

namespace orrery::tls {

std::size_t ServerNames::find(std::string_view asked) const {
  if (asked.ends_with('.')) asked.remove_suffix(1);
  std::string name = base::lower_case(asked);
  if (const auto whole = places_.find(name); whole != places_.end()) return whole->second;
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || dot == 0) return kDefault;
  const auto wild = places_.find(name.replace(0, dot, "*"));
  return wild == places_.end() ? kDefault : wild->second;
}

}  // namespace orrery::tls
