#include "http/method.hpp"

#include <algorithm>
#include <array>

namespace orrery::http {

namespace {

// The most frequent first. What llhttp reads, less what is no request method over HTTP: PRI opens HTTP/2, SOURCE is
// Icecast's.
constexpr std::array<std::string_view, 33> kMethods{
    "GET",       "HEAD",        "POST",  "PUT",        "PATCH",      "DELETE",    "OPTIONS", "CONNECT",  "TRACE",
    "COPY",      "LOCK",        "MKCOL", "MOVE",       "PROPFIND",   "PROPPATCH", "SEARCH",  "UNLOCK",   "BIND",
    "REBIND",    "UNBIND",      "ACL",   "REPORT",     "MKACTIVITY", "CHECKOUT",  "MERGE",   "M-SEARCH", "NOTIFY",
    "SUBSCRIBE", "UNSUBSCRIBE", "PURGE", "MKCALENDAR", "LINK",       "UNLINK"};

}  // namespace

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
