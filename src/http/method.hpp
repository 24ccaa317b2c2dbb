// Method: which request methods this server knows, for every protocol; the table of their names is base/method.hpp.
//
// Pure. A method is told by a name that lives as long as the process, so that messages need not keep their own. What is
// not here is answered 501 (see Reject::unknown_method); which of these a path has is the router's business.
#pragma once

#include <string_view>

#include "base/method.hpp"

namespace orrery::http {

/// The same text with a longer life; empty when the method is not known. Case matters.
std::string_view find_method(std::string_view token);
/// The same, quickly for what most requests are.
inline std::string_view known_method(std::string_view token) {
  return token == "GET" ? base::kMethods[0] : find_method(token);
}

/// Bytes of the longest name.
std::size_t longest_method();

}  // namespace orrery::http
