#include <stdexcept>
#include <string>

#include "orrery/cookie.hpp"

#include "http/characters.hpp"
#include "http/cookie.hpp"

namespace orrery {

namespace {

void expect(bool fits, const Cookie& cookie, const char* sentence) {
  if (!fits) throw std::invalid_argument("the cookie `" + cookie.name + "` " + sentence);
}

const char* text_of(Cookie::SameSite same_site) {
  switch (same_site) {
    case Cookie::SameSite::kStrict: return "; SameSite=Strict";
    case Cookie::SameSite::kNone: return "; SameSite=None";
    case Cookie::SameSite::kLax: break;
  }
  return "; SameSite=Lax";
}

}  // namespace

std::string Cookie::text() const {
  const bool named = !name.empty() && http::token_length(name) == name.size();
  expect(named, *this, "has a name that is no token");
  expect(http::is_cookie_value(value), *this, "has a value with bytes that a cookie cannot have; encode it");
  expect(http::is_cookie_attribute(path) && http::is_cookie_attribute(domain), *this,
         "has a path or a domain with bytes that cannot stand there");
  expect(secure || same_site != SameSite::kNone, *this, "has SameSite=None, which browsers take with `secure` only");
  std::string out = name + "=" + value;
  if (!path.empty()) out += "; Path=" + path;
  if (!domain.empty()) out += "; Domain=" + domain;
  if (max_age) out += "; Max-Age=" + std::to_string(max_age->count());
  if (secure) out += "; Secure";
  if (http_only) out += "; HttpOnly";
  return out += text_of(same_site);
}

}  // namespace orrery
