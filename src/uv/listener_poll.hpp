// ListenerPoll: waits for connections on a listener that other processes wait on too.
//
// A plain poll wakes every process for each connection; all but one find nothing. So the listener's registration on
// libuv's own epoll descriptor is made EPOLLEXCLUSIVE: the kernel wakes one. It would wake the same one each time (the
// first in its queue), so rotate() registers anew after each accept and goes to the queue's end, and withdraw() leaves
// the queue. Only this class touches the registration.
//
// Adding a listener whose queue is not empty reports it at once, although another process was woken for what waits
// there: that report is passed over once. If it comes again, it is meant. libuv must have registered the descriptor
// first, and must never modify an exclusive registration (epoll_ctl(2): EINVAL, and libuv aborts): so the exclusive one
// replaces libuv's in a later turn of the loop than start(), and stop() lets libuv delete it. Loop thread only.
#pragma once

#include <cstdint>

#include "uv/loop.hpp"

namespace orrery::uv {

class ListenerPoll {
 public:
  /// Who is woken for a connection.
  enum class Wake : std::uint8_t {
    kOne,  ///< one process: the one that is woken must accept, no other comes
    kAll,  ///< all that wait: one that is woken may leave it to the others
  };

  ListenerPoll(Loop& loop, int fd, Wake wake, Callback on_connection);

  void start();
  void stop();
  /// Call once in each turn, after the poll phase.
  void after_poll() {
    if (turns_to_exclusive_ > 0 && --turns_to_exclusive_ == 0) register_exclusive();
  }
  /// Leaves the next connection to the other processes.
  void rotate();
  /// Leaves all connections to the other processes until rejoin(). Unlike stop() it does not concern libuv, so it is
  /// cheap and takes effect at once; false, and nothing happens, while the registration is not exclusive yet.
  bool withdraw();
  /// What waits by now is told in the next turn.
  void rejoin();

 private:
  struct Block {
    uv_poll_t handle;
    Callback callback;
    std::uint64_t added_at = 0;  ///< the loop's clock when the listener was added; 0 = long ago
  };
  void register_exclusive();
  void add();
  void remove();

  Loop& loop_;
  int fd_;
  Wake wake_;
  Handle<Block> block_;
  int turns_to_exclusive_ = 0;  ///< 0 = the registration is exclusive, or stopped
  bool exclusive_ = false;      ///< libuv's registration was replaced
  bool withdrawn_ = false;
};

}  // namespace orrery::uv
