// Unsent: bytes that a socket did not take at once, together with what owns them.
//
// Made by an Output, kept by the stream that sends them. A body changes its owner, it is never copied: its bytes stay
// where they are until the kernel has them or the connection is gone. What is sent of a file stays in the file. Move
// only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "orrery/open_file.hpp"

namespace orrery::base {

struct Unsent {
  std::unique_ptr<char[]> buffer;  ///< what `first` lies in
  std::string body;                ///< what `second` lies in; empty when it outlives the process's last response
  std::string_view first;
  std::string_view second;
  FilePart file;  ///< behind both; `second` is empty then
};

}  // namespace orrery::base
