// html_text: text as HTML shows it, between tags and between quotes.
//
// Pure. Some of what pages show came from a client, so bytes that are no UTF-8 become U+FFFD; a page must never show
// text that did not pass here.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace orrery::base {

inline std::string html_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    switch (text.front()) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += length == 0 ? "\uFFFD" : text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace orrery::base
