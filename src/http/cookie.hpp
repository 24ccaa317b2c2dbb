// Cookies of a request, and what a Set-Cookie may hold (RFC 6265). Pure.
//
// What a client sends is read as it comes: a pair without `=` is skipped, and nothing is decoded. Any thread.
#pragma once

#include <optional>
#include <string_view>

namespace orrery::http {

/// The value of the first cookie with this name in a Cookie field, without the quotes that may stand around it.
std::optional<std::string_view> cookie_value(std::string_view field, std::string_view name);

/// What a cookie's value may consist of (RFC 6265, 4.1.1: cookie-octet).
bool is_cookie_value(std::string_view text);

/// What an attribute of Set-Cookie (Path, Domain) may consist of: no control byte and no semicolon.
bool is_cookie_attribute(std::string_view text);

}  // namespace orrery::http
