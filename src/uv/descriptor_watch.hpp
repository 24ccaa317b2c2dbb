// DescriptorWatch: tells each time that a descriptor of the application can be read, or written, without waiting.
//
// Made on a loop and used on its thread. The descriptor stays its owner's, who ends the watch before closing it; libuv
// makes it non-blocking, and lets one watch have it at a time. Level-triggered: what is not read is told again. Never
// reads, writes or closes the descriptor.
#pragma once

#include <functional>

#include "uv/handle.hpp"
#include "uv/loop.hpp"

namespace orrery::uv {

class DescriptorWatch {
 public:
  /// `failed`: the descriptor has an error, and is not watched any more.
  using OnReady = std::function<void(bool readable, bool writable, bool failed)>;
  /// Throws std::system_error for a descriptor that cannot be watched, or that another watch has.
  DescriptorWatch(Loop& loop, int descriptor, OnReady on_ready);

  /// What it tells from now on; may be called again.
  void start(bool readable, bool writable);

 private:
  struct Block {
    uv_poll_t handle;
    OnReady on_ready;
  };
  Handle<Block> block_;
};

}  // namespace orrery::uv
