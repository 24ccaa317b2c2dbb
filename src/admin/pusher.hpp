// Pusher: sends what the service counts to a StatsD server, a second after the other.
//
// Admin process; a thread of its own, begun after the fork, since looking a name up may block and nobody who asks the
// admin process shall wait for it. A server that cannot be reached is told in the log once, and tried again at each
// turn; what it missed is not sent later. Touches no worker.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "admin/statsd.hpp"
#include "admin/view.hpp"
#include "os/datagram.hpp"

namespace orrery::admin {

class Pusher {
 public:
  /// `viewer` is its own.
  Pusher(Viewer viewer, StatsdTarget target) : viewer_(std::move(viewer)), target_(std::move(target)) {}
  ~Pusher();
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;

  /// In the start hook.
  void begin();
  /// In the end hook: what came since is sent, unless that would take time.
  void end();

 private:
  void run();
  void push();
  void connect();

  Viewer viewer_;
  StatsdTarget target_;
  View before_;
  std::optional<os::Datagram> socket_;
  bool complained_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false, ended_ = false;
  std::thread thread_;
};

}  // namespace orrery::admin
