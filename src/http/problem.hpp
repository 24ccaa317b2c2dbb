// Problem: the body of an error response, in the form its reader wants.
//
// JSON for API clients (RFC 9457 for those that name it), HTML for browsers, text otherwise, by the request's Accept.
// Pure.
#pragma once

#include <string_view>

#include "orrery/config.hpp"
#include "orrery/response.hpp"

namespace orrery::http {

/// The media type that `form` asks for; empty for kAuto.
std::string_view media_type_of(ErrorForm form);

/// An error response with `message` as its sentence; `accept` is the request's Accept (or the one media type wanted),
/// or empty.
[[gnu::cold]] Response problem(int status, std::string_view message, std::string_view accept);

/// What a status says for itself.
std::string_view sentence_of(int status);

/// The same with the sentence the status itself has.
[[gnu::cold]] Response problem(int status, std::string_view accept);

}  // namespace orrery::http
