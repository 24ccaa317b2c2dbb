// Preconditions: what If-Match and If-None-Match make of a request that would be answered with 200 (RFC 9110, 13).
//
// Several fields of one name are one list (RFC 9110, 5.3). No answer of this service has a Last-Modified, so the two
// conditions about time are ignored, as 13.1.3 and 13.1.4 ask. For GET and HEAD only. Pure; allocates nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "orrery/request.hpp"

namespace orrery::planets {

enum class Precondition : std::uint8_t {
  kMet,          ///< the answer
  kNotModified,  ///< 304: the client has it
  kFailed,       ///< 412: the client wants this answer or none
};

/// In the order of 13.2.2. `tag` is the answer's entity tag as its field has it, or empty for an answer that has none:
/// then no If-Match but `*` holds, and If-None-Match is not asked, since no client can have an answer about now.
[[nodiscard]] Precondition evaluate(const Request& request, std::string_view tag) noexcept;

}  // namespace orrery::planets
