// Paint: the few colours of this floor's texts, and whether there are any.
//
// Pure. A colour only repeats what a word beside it says: without a terminal, and where NO_COLOR is set, nothing is
// lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::ctl {

enum class Paint : std::uint8_t { kPlain, kGood, kBad, kDim, kBold };

/// How a text is written out.
struct Style {
  bool colour = false;
  std::size_t width = 0;  ///< of the terminal in columns; 0 = there is none, and nothing is cut
};

inline std::string painted(std::string_view text, Paint paint, const Style& style) {
  if (!style.colour || paint == Paint::kPlain || text.empty()) return std::string{text};
  std::string_view code;
  switch (paint) {
    case Paint::kGood: code = "32"; break;
    case Paint::kBad: code = "31"; break;
    case Paint::kDim: code = "2"; break;
    case Paint::kBold: code = "1"; break;
    case Paint::kPlain: break;
  }
  std::string out = "\x1b[";
  return out.append(code).append("m").append(text).append("\x1b[0m");
}

}  // namespace orrery::ctl
