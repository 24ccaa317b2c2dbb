// Method: the names of the request methods that this server knows (RFC 9110, 9, and the registry behind it), each with
// a number.
//
// Pure. A number stands for a method where a text would be too long, as in counts that lie in shared memory. Numbers
// mean the same in all processes of one binary, and never leave it. What a request may use is the router's business.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace orrery::base {

// The most frequent first. What llhttp reads, less what is no request method over HTTP: PRI opens HTTP/2, SOURCE is
// Icecast's.
inline constexpr std::array<std::string_view, 33> kMethods{
    "GET",       "HEAD",        "POST",  "PUT",        "PATCH",      "DELETE",    "OPTIONS", "CONNECT",  "TRACE",
    "COPY",      "LOCK",        "MKCOL", "MOVE",       "PROPFIND",   "PROPPATCH", "SEARCH",  "UNLOCK",   "BIND",
    "REBIND",    "UNBIND",      "ACL",   "REPORT",     "MKACTIVITY", "CHECKOUT",  "MERGE",   "M-SEARCH", "NOTIFY",
    "SUBSCRIBE", "UNSUBSCRIBE", "PURGE", "MKCALENDAR", "LINK",       "UNLINK"};
/// Of what is no method in the table: a request that ended before it had one.
inline constexpr std::size_t kNoMethod = kMethods.size();

/// The same, by its text.
[[gnu::cold, gnu::noinline]] inline std::size_t find_method_number(std::string_view method) {
  return static_cast<std::size_t>(std::ranges::find(kMethods, method) - kMethods.begin());
}

/// Its place in the table, or kNoMethod. Quick for the first one, as the view into the table that a message has.
inline std::size_t method_number(std::string_view method) {
  return method.data() == kMethods[0].data() ? 0 : find_method_number(method);
}

/// The reverse; empty for kNoMethod and beyond.
constexpr std::string_view method_name(std::size_t number) {
  return number < kMethods.size() ? kMethods[number] : std::string_view{};
}

}  // namespace orrery::base
