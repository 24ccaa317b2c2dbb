// Coroutines: the handlers of one worker that are tasks, from their call to their end, and the loop they wait on.
//
// A task that has not ended keeps its request, and its client's connection, in flight. It is cancelled when its request
// is (the client has gone, request_deadline has passed) and when the worker's time is over; the request of one that
// was cancelled has its answer already, or gets 503. The task of a WebSocket (web_socket_link.hpp) goes on when its
// client leaves, and is told so by what it waits for. Loop thread only, but for post(). It never resumes a coroutine in
// the middle of a connection's work: what ends a request is posted here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "orrery/app.hpp"
#include "orrery/strand.hpp"

#include "http/next.hpp"
#include "worker/alarms.hpp"
#include "worker/flights.hpp"
#include "worker/pools.hpp"
#include "worker/services.hpp"
#include "worker/session.hpp"

namespace orrery::worker {

class Coroutines final : public TaskLoop {
 public:
  Coroutines(Services& services, Flights& flights, Pools& pools);
  ~Coroutines() override;

  /// Calls the route's task, which runs until it waits for the first time.
  void start(Session& session, http::RequestId id, const Route& route);
  [[nodiscard]] bool empty() const { return running_.empty(); }
  /// The worker's time is over. Returns how many there were.
  std::size_t cancel_all();

  // --- TaskLoop ---
  void post(std::function<void()> act) override;
  void ring_after(std::chrono::milliseconds delay, Alarm& alarm) override { alarms_.ring_after(delay, alarm); }
  void forget(Alarm& alarm) override { alarms_.forget(alarm); }
  Ticket run_on(const Pool& pool, Job job) override;
  bool withdraw(const Pool& pool, Ticket ticket) override { return pools_.withdraw(pool, ticket); }

 private:
  class Running;
  /// Never reused, so what is posted for one that has ended finds nobody.
  using Number = std::uint64_t;

  void start_web_socket(http::Message& message, std::shared_ptr<Reply> reply, const WebSocketRoute& route);
  [[nodiscard]] Running* find(Number number) const;
  void finish_later(Number number);
  void cancel_later(Number number);

  Services& services_;
  Flights& flights_;
  Pools& pools_;
  Alarms alarms_;
  Running* current_ = nullptr;  ///< whose coroutine the loop thread runs
  Number last_ = 0;
  bool leaving_ = false;  ///< a task that is cancelled has no answer yet
  std::unordered_map<Number, std::unique_ptr<Running>> running_;
};

}  // namespace orrery::worker
