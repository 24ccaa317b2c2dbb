#include "uv/descriptor_watch.hpp"

#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "base/check.hpp"

namespace orrery::uv {

DescriptorWatch::DescriptorWatch(Loop& loop, int descriptor, OnReady on_ready) {
  auto block = std::make_unique<Block>(Block{{}, std::move(on_ready)});
  if (const int error = uv_poll_init(loop.raw(), &block->handle, descriptor); error != 0)
    throw std::system_error(-error, std::generic_category(),
                            "cannot watch descriptor " + std::to_string(descriptor) +
                                (error == UV_EEXIST ? ", which is watched already" : ""));
  block_.reset(block.release());
}

void DescriptorWatch::start(bool readable, bool writable) {
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  const auto on_event = [](uv_poll_t* handle, int status, int ready) noexcept {
    const auto& block = *reinterpret_cast<Block*>(handle);
    block.on_ready((ready & UV_READABLE) != 0, (ready & UV_WRITABLE) != 0, status < 0);
  };
  ORRERY_CHECK(uv_poll_start(&block_->handle, events, on_event) == 0);
}

}  // namespace orrery::uv
