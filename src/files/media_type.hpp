// Media types of files, by what stands behind the last dot of their names. Constants; any thread.
//
// Text has its charset: UTF-8, which is what files are written in. What is not known is `application/octet-stream`; a
// browser that is told `nosniff` then offers to save it.
#pragma once

#include <string_view>

namespace orrery::files {

/// A string that outlives every response. Letters of both cases are the same.
[[nodiscard]] std::string_view media_type_of(std::string_view name) noexcept;

}  // namespace orrery::files
