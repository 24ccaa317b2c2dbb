// Cookies: what a client sends is found and never made up, and what a server may send comes back as it was.
//
// Input: flags, a name, a value, a path and a domain, each ended by NUL, then a Cookie field.
#include "http/cookie.hpp"

#include <optional>
#include <stdexcept>
#include <string>

#include "orrery/cookie.hpp"

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"

namespace orrery::fuzz {
namespace {

void check_field(std::string_view field, std::string_view name) {
  const auto value = http::cookie_value(field, name);
  if (!value) return;
  claim(field.find(name) != std::string_view::npos, "a cookie that is found was sent");
  claim(
      value->empty() || (value->data() >= field.data() && value->data() + value->size() <= field.data() + field.size()),
      "a cookie's value lies within its field");
  claim(value->find(';') == std::string_view::npos, "a cookie ends where the next begins");
}

std::optional<std::string> text_of(const Cookie& cookie) {
  try {
    return cookie.text();
  } catch (const std::invalid_argument&) {
    return {};
  }
}

void check_cookie(const Cookie& cookie) {
  const auto text = text_of(cookie);
  if (!text) return;
  for (const char c : *text) claim(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no line ends in a cookie");
  const std::string pair = text->substr(0, text->find(';'));
  claim(pair == cookie.name + "=" + cookie.value, "a cookie begins with its name and value");
  for (const std::string& field : {pair, "first=1; " + pair, pair + "; last=2"})
    claim(cookie.name == "first" || http::cookie_value(field, cookie.name) == cookie.value,
          "what a server sets comes back as it was");
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using orrery::Cookie;
  orrery::fuzz::Input input{data, size};
  const unsigned flags = input.take_byte();
  Cookie cookie{input.take_text(), input.take_text(), input.take_text(), input.take_text()};
  cookie.secure = (flags & 1U) != 0;
  cookie.same_site = static_cast<Cookie::SameSite>(flags / 2 % 3);
  orrery::fuzz::check_field(input.take_rest(), cookie.name);
  orrery::fuzz::check_cookie(cookie);
  return 0;
}
