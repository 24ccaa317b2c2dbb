// Acceptor: takes new connections from the shared listeners, one per readiness, while this worker wants them.
//
// Waits with a poll of its own instead of libuv's stream listener, which accepts until EAGAIN: each miss costs 4 us,
// and one worker would take everything. Pauses while there is no room and while the kernel has no descriptors or
// memory; leaves what comes to the siblings while it has clearly more to do than one of them (Balance), and while a
// request waits for the handler of class `sync`. Loop thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "os/accept.hpp"
#include "os/contract.hpp"
#include "uv/listener_poll.hpp"
#include "uv/loop.hpp"
#include "worker/balance.hpp"
#include "worker/connections.hpp"
#include "worker/kernel_queue.hpp"

namespace orrery::worker {

class Acceptor {
 public:
  Acceptor(uv::Loop& loop, const Config& config, const std::vector<const os::Listener*>& listeners,
           Connections& connections, os::Slot& slot, Balance balance);

  void start();
  /// The part of a loop turn in which connections are taken. `is_free`: the dispatch could take a request now. `slept`:
  /// the loop slept, so this worker may be the only one that was told.
  void after_poll(bool is_free, bool slept);
  /// Takes a fresh connection for which this worker alone was woken, but has no time; false when it is not wanted.
  using Refuge = std::function<bool(int socket, const base::Arrival& arrival)>;
  void on_no_time(Refuge refuge) { refuge_ = std::move(refuge); }
  /// No request could be served now: takes no connection for a moment.
  void pause_briefly();
  /// Room or resources may be back.
  void resume();
  /// Takes what waits in the queues, then no more for ever.
  void finish();
  /// No more for ever; the queues are left to the siblings, but for those of addresses that the service has left:
  /// no sibling comes there.
  void leave();
  /// No more for ever, at once.
  void stop();

 private:
  struct Watch {
    const os::Listener* listener;
    base::Reception reception;
    std::unique_ptr<uv::ListenerPoll> poll;
    bool readable = false;
  };
  /// False when nothing more can be taken from this listener now.
  bool take_one(Watch& watch);
  os::Accepted accept(Watch& watch);
  void add(base::UniqueFd socket, const base::Arrival& arrival);
  void pass_on(Watch& watch);
  bool make_room();
  void wait_for_room();
  void pause();
  void out_of_resources(int error);
  void weigh();
  void withdraw();
  void rejoin();
  void look_again();

  uv::Loop& loop_;
  Connections& connections_;
  os::Slot& slot_;
  Balance balance_;
  KernelQueue queue_;
  Refuge refuge_;
  std::vector<Watch> watches_;
  uv::Timer retry_;
  uv::Timer look_;
  std::chrono::milliseconds next_look_;
  unsigned waiting_seen_ = 0;  ///< looks in a row at which a connection waited
  std::uint64_t stay_ = 0;
  std::uint64_t staying_until_ = 0;  ///< on the loop's clock: no sibling took what waited
  bool withdrawn_ = false;
  bool open_ = false;
  bool paused_ = false;
  bool full_ = false;  ///< paused because there is no room and none is idle
  bool complained_ = false;
};

}  // namespace orrery::worker
