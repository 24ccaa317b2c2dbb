// Cookie: what a response asks the client to keep and send back (RFC 6265): `Response::text("…").with_cookie({…})`.
//
// What came back is Request::cookie(name). The defaults are the careful ones: over https only, not for scripts, not
// with requests that another site makes. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "orrery/export.hpp"

namespace orrery {

struct Cookie {
  enum class SameSite : std::uint8_t { kLax, kStrict, kNone };  ///< kNone needs `secure`

  std::string name;
  std::string value;  ///< printable ASCII without space, quotes, comma, semicolon and backslash: encode what is more
  std::string path = "/";
  std::string domain = {};                           ///< empty: the host that was asked, and no other
  std::optional<std::chrono::seconds> max_age = {};  ///< nothing: until the browser ends; 0: delete it
  bool secure = true;
  bool http_only = true;
  SameSite same_site = SameSite::kLax;

  /// The value of Set-Cookie. Throws std::invalid_argument with a sentence for what cannot stand there.
  [[nodiscard]] ORRERY_EXPORT std::string text() const;
};

}  // namespace orrery
