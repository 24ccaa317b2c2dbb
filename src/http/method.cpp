#include "http/method.hpp"

#include <algorithm>

namespace orrery::http {

using base::kMethods;

std::string_view find_method(std::string_view token) {
  const auto* const found = std::find(kMethods.begin(), kMethods.end(), token);
  return found == kMethods.end() ? std::string_view{} : *found;
}

std::size_t longest_method() {
  static constexpr std::size_t kLongest =
      std::max_element(kMethods.begin(), kMethods.end(), [](std::string_view a, std::string_view b) {
        return a.size() < b.size();
      })->size();
  return kLongest;
}

}  // namespace orrery::http
