// PNG: pixels as a file of the Portable Network Graphics format (RFC 2083), eight bits a channel, without transparency.
//
// Pure: the same pixels give the same bytes. It compresses by the public API, and never reads such a file.
#pragma once

#include <string>
#include <string_view>

namespace orrery::planets {

/// `rgb` has three bytes a pixel, `width` pixels a row.
[[nodiscard]] std::string png(std::string_view rgb, int width);

}  // namespace orrery::planets
