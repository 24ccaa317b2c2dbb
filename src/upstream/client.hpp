// Client: the calls of one worker to one upstream, on libcurl's multi interface.
//
// The only user of libcurl. Loop thread of a worker only; made after the fork, by the start hook, and gone before the
// worker's end. It watches libcurl's sockets by Worker::watch and its time by Worker::after, so libcurl never waits.
// What a call costs in time is measured by the worker's clock. It must not be entered from one of libcurl's callbacks.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "orrery/app.hpp"
#include "orrery/callbacks.hpp"
#include "orrery/result.hpp"
#include "orrery/upstream.hpp"

#include "upstream/budget.hpp"

namespace orrery::upstream {

class Client {
 public:
  using Done = std::function<void(Upstream::Answer)>;
  /// Names a call; never 0.
  using Ticket = std::uint64_t;

  /// `options` outlive it.
  Client(Worker& worker, const UpstreamOptions& options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// `done` is called later, once; 0 when it was called already, since the call cannot be made.
  Ticket begin(UpstreamCall call, Done done);
  /// Nobody waits for it any more: it ends here, and `done` is dropped. Harmless for a call that has ended.
  void withdraw(Ticket ticket);

 private:
  class Transfer;
  struct Multi;

  std::unique_ptr<Transfer> take_out(Ticket ticket);
  void start(Transfer& transfer);
  void start_waiting();
  void end(Ticket ticket, Upstream::Answer answer);
  void act(int socket, int events);
  void take_ended();
  void settle(Ticket ticket, int code);
  void watch(int socket, int what);
  void set_timer(long milliseconds);

  Worker& worker_;
  const UpstreamOptions& options_;
  Budget budget_;
  Ticket last_ = 0;
  std::map<int, Watch> watches_;
  Timer timer_;
  std::deque<Ticket> waiting_;
  std::size_t under_way_ = 0;
  std::unique_ptr<Multi> multi_;
  std::map<Ticket, std::unique_ptr<Transfer>> transfers_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace orrery::upstream
