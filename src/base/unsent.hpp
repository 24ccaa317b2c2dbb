// Unsent: bytes that a socket did not take at once, together with what owns them.
//
// Made by an Output, kept by the stream that sends them. A body changes its owner, it is never copied: its bytes stay
// where they are until the kernel has them or the connection is gone. Move only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace orrery::base {

struct Unsent {
  std::unique_ptr<char[]> buffer;  ///< what `first` lies in
  std::string body;                ///< what `second` lies in; empty when it outlives the process's last response
  std::string_view first;
  std::string_view second;
};

}  // namespace orrery::base
