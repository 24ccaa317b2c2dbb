// BuildId: what the linker wrote into a program so that two builds can be told apart (.note.gnu.build-id).
//
// Master, when an upgrade begins. Reads the file by pread and believes no number in it, since it may be
// anything and somebody may be writing it; never maps it, since a file that is cut short would then end the
// process.
#pragma once

#include <string>
#include <string_view>

namespace orrery::os {

/// In hexadecimal digits; empty when the file cannot be read, is no ELF program of this machine's word size,
/// or has none.
std::string build_id(const std::string& path);

/// "build 1a2b3c4d5e6f", or "without a build id".
std::string spoken_build_id(std::string_view id);

}  // namespace orrery::os
