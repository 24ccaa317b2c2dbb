#include "base/json_text.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/core.h>
#include <iterator>

#include "base/utf8.hpp"

namespace orrery::base {

std::string json_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out += '?';
    } else if (text[0] == '"' || text[0] == '\\') {
      (out += '\\') += text[0];
    } else if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + '"';
}

}  // namespace orrery::base
