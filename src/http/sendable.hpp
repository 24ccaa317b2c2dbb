// Sendable: which responses of a handler may go out, and which fields are the server's own, in every protocol.
//
// A field with a line break could forge a second message behind the first one. Such a response is never sent: the
// client gets 500 instead. Pure.
#pragma once

#include <string_view>

#include "orrery/response.hpp"

namespace orrery::http {

/// True when the status is a final one, every field name is a token and every value is free of CR, LF, NUL and other
/// control bytes.
bool is_sendable(const Response& response);

/// Fields that are the server's alone: framing and connection, and what it adds to every response.
bool is_servers_own(std::string_view name);

/// A field of this name may not stand in the trailers of a request or an answer (RFC 9110, 6.5.1).
bool is_never_trailer(std::string_view name);

}  // namespace orrery::http
