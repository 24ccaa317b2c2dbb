#include "http/early_hints.hpp"

#include "http/characters.hpp"

namespace orrery::http {

Result<void> judge_early_hints(const std::vector<std::string>& links) {
  if (links.empty()) return fail("early hints need at least one link");
  std::size_t bytes = 0;
  for (const std::string& link : links) {
    if (link.empty() || !has_only_field_bytes(link))
      return fail("the link `" + link + "` of the early hints is empty, or has a byte that no field may have");
    bytes += link.size();
  }
  if (bytes > kLargestEarlyHints)
    return fail("the links of early hints have " + std::to_string(bytes) + " bytes; at most " +
                std::to_string(kLargestEarlyHints) + " are sent at once");
  return {};
}

}  // namespace orrery::http
