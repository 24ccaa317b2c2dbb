// Disposition: the Content-Disposition of a download (RFC 6266, RFC 8187).
//
// Whatever the name is, the field stays one field and the name no path. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace orrery::files {

/// `attachment; filename="report.pdf"`. A name that is not all ASCII stands there twice: for old clients with `_` for
/// what they cannot read, and as UTF-8. Of a path only the last part is a name; control bytes are `_`.
[[nodiscard]] std::string attachment(std::string_view name);

}  // namespace orrery::files
