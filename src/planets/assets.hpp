// Assets: the files of the page as part of the program, packed when it was built (scripts/pack_page). They lie in
// .rodata, are mapped with the binary and shared by every worker; nothing is read from disk or compressed at run time.
// Constants for the life of the process; any thread.
#pragma once

#include <span>
#include <string_view>

namespace orrery::planets {

struct Asset {
  std::string_view path;  ///< "/", or "/page/HASH/NAME": what the hash stands for never changes
  std::string_view media_type;
  std::string_view digest;  ///< of the content; an entity-tag is made of it
  std::string_view identity;
  std::string_view gzip;    ///< empty when not made, or not smaller
  std::string_view brotli;  ///< the same
};

/// The page itself first.
[[nodiscard]] std::span<const Asset> page_assets() noexcept;

}  // namespace orrery::planets
