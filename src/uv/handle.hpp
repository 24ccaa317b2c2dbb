// Handle: owner of one uv handle, which is its own heap block.
//
// libuv keeps pointers to a handle until its close callback has run, so an owner never embeds one: it holds a Handle,
// whose deleter *starts* uv_close, and the memory goes in the callback. Loop thread only.
#pragma once

#include <memory>
#include <uv.h>

namespace orrery::uv {

/// Block is a struct whose first member `handle` is the uv handle.
template <class Block>
struct StartClose {
  void operator()(Block* block) const noexcept {
    auto* handle = reinterpret_cast<uv_handle_t*>(&block->handle);
    uv_close(handle, [](uv_handle_t* closed) { delete reinterpret_cast<Block*>(closed); });
  }
};

template <class Block>
using Handle = std::unique_ptr<Block, StartClose<Block>>;

}  // namespace orrery::uv
