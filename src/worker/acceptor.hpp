// Acceptor: takes new connections from the shared listeners, one per readiness, while this worker wants them.
//
// Waits with a poll of its own instead of libuv's stream listener, which accepts until EAGAIN: each miss costs 4 us, and one
// worker would take everything. Pauses while there is no room, while the kernel has no descriptors or memory, and (class `sync`)
// while a request waits for the handler. Loop thread only.
#pragma once

#include <memory>
#include <vector>

#include "os/contract.hpp"
#include "uv/listener_poll.hpp"
#include "uv/loop.hpp"
#include "worker/connections.hpp"

namespace orrery::worker {

class Acceptor {
 public:
  Acceptor(uv::Loop& loop, const Config& config, const std::vector<const os::Listener*>& listeners,
           Connections& connections);

  void start();
  /// The part of a loop turn in which connections are taken. `willing`: the dispatch could take a request now.
  void after_poll(bool willing);
  /// Nobody could be served now: takes no connection for a moment.
  void hold_off();
  /// Room or resources may be back.
  void resume();
  /// Takes what waits in the queues, then no more for ever.
  void finish();
  /// No more for ever, at once; the queues are left to the siblings.
  void stop();

 private:
  struct Door {
    const os::Listener* listener;
    ProxyProtocol proxy;
    std::unique_ptr<uv::ListenerPoll> poll;
    bool knocked = false;
  };
  /// False when nothing more can be taken from this door now.
  bool take_one(Door& door);
  bool make_room();
  void wait_for_room();
  void pause();
  void out_of_resources(int error);

  uv::Loop& loop_;
  uv::ListenerPoll::Wake wake_;
  Connections& connections_;
  std::vector<Door> doors_;
  uv::Timer retry_;
  bool open_ = false;
  bool paused_ = false;
  bool full_ = false;  ///< paused because there is no room and nobody idle
  bool complained_ = false;
};

}  // namespace orrery::worker
