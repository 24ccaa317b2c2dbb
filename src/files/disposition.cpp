#include "files/disposition.hpp"

#include <algorithm>

namespace orrery::files {

namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '%';
}

bool is_attr_char(char c) {
  const bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
  return letter || std::string_view{"!#$&+-.^_`|~"}.find(c) != std::string_view::npos;
}

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += is_plain(c) ? c : '_';
  }
  return text + '"';
}

std::string extended(std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text = "UTF-8''";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_attr_char(c))
      text += c;
    else
      text.append(1, '%').append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  }
  return text;
}

}  // namespace

std::string attachment(std::string_view name) {
  name.remove_prefix(name.find_last_of("/\\") + 1);  // none: npos + 1 is 0
  std::string clean{name};
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '_');
  const bool plain = std::all_of(clean.begin(), clean.end(), is_plain);
  std::string text = "attachment; filename=" + quoted(clean);
  return plain ? text : text + "; filename*=" + extended(clean);
}

}  // namespace orrery::files
