// JsonText: a text as a JSON string (RFC 8259), whatever bytes it has.
//
// Pure. For what is written seldom: answers of the admin process, and descriptions for it; the access log, which is
// written for each request, has a pen of its own. Bytes that are no UTF-8, as where a text was cut within a character,
// become a `?`.
#pragma once

#include <string>
#include <string_view>

namespace orrery::base {

/// With its quotes.
std::string json_text(std::string_view text);

}  // namespace orrery::base
