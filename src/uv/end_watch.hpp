// EndWatch: tells that the peer of a connection has closed its side while the connection is not being read.
//
// A stream that is not read tells nothing: its end stands behind bytes that nobody has taken yet. And to let libuv wait
// for that end would report it in each turn of the loop. So the connections that are of interest are registered once on
// an epoll descriptor of its own, which the loop waits for, each for a single report (EPOLLRDHUP with EPOLLONESHOT):
// one system call for a connection's whole life, and none to forget it, since the kernel does that when it is closed.
// The report may come late, for a connection that is gone: `tag` must tell. Never reads or closes a connection. Loop
// thread only.
#pragma once

#include <cstdint>
#include <functional>

#include "base/unique_fd.hpp"
#include "uv/loop.hpp"

namespace orrery::uv {

class EndWatch {
 public:
  /// `broken`: not closed, but reset.
  using OnEnd = std::function<void(std::uint64_t tag, bool broken)>;
  /// Throws, in a sentence, where no descriptor is left for it.
  EndWatch(Loop& loop, OnEnd on_end);

  /// Tells the end of this connection once, also one that has come already. To be asked once for a connection.
  void watch(int connection, std::uint64_t tag);

 private:
  struct Block {
    uv_poll_t handle;
    base::UniqueFd epoll;
    OnEnd on_end;
  };
  static void tell(Block& block);

  Handle<Block> block_;
};

}  // namespace orrery::uv
