// Status: the reason phrases of status codes, as the registry of RFC 9110, 16.2 has them.
//
// Pure. For status lines, and for the titles of the server's own error pages. Clients must never depend on a phrase.
#pragma once

#include <string_view>

namespace orrery::http {

/// The reason phrase of a status; empty when it has none.
std::string_view reason_phrase(int status);

}  // namespace orrery::http
