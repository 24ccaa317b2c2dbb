// PassedBytes: a few bytes that one process gives to the next one in memory: what must stand in no variable and no
// file.
//
// A file in memory (memfd) without a name; its descriptor is inherited by the program that is run. The process that
// takes the bytes closes it, and with the last descriptor they are gone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

inline constexpr std::size_t kMostPassedBytes = 64 * 1024;

Result<base::UniqueFd> pass_bytes(std::string_view bytes);
/// What was passed; nothing when the descriptor is no such file.
std::optional<std::string> take_bytes(base::UniqueFd file);

}  // namespace orrery::os
