// WholeNumber: text that is a number from its first byte to its last, and nothing else.
//
// Pure, and knows no locale. No sign but a `-` of a signed type, no blank, no leading `+`; what does not fit the type
// is no number. Settings have units and signs of their own: config/value reads those.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace orrery::base {

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace orrery::base
