// JsonObject: whether a text with holes in it is a JSON object (RFC 8259), whatever is put into the holes.
//
// Pure. Asked once for each access log format, when the configuration is read; never for a request. A hole
// inside a string takes any part of a string; one outside takes a whole value.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace orrery::base {

/// Stand in the text where something else will be put.
inline constexpr char kValueHole = '\x01';
inline constexpr char kStringHole = '\x02';

/// Where `text` ceases to be one JSON object; nothing when it is one from its first to its last byte.
std::optional<std::size_t> find_json_fault(std::string_view text);

}  // namespace orrery::base
