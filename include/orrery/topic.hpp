// Topic: bytes from one worker to all workers of this master: lines of a chat, names of what a cache must forget.
//
//   const orrery::Topic lines{app, "lines"};
//   app.on_worker_start([=](orrery::Worker&) -> orrery::Result<void> {
//     static const auto heard = lines.subscribe([](const orrery::TopicMessage& line) { show_all(line.bytes); });
//     return {};
//   });
//   app.post("/say", [=](const orrery::Request& request) {
//     lines.publish(request.body());
//     return orrery::Response::status(204);
//   });
//
// Made with the App, in the master: the messages lie in memory that all workers share, and a bounded number of them.
// Who publishes waits for nobody, and a worker that dies holds up nobody; a subscriber that is slow misses the oldest,
// and is told how many. A master that comes by an upgrade (USR2) has a memory of its own, and so has each worker of a
// module without `preload_app`. A Topic that nobody subscribes to costs a copy for each message, and one that nobody
// uses only addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/app.hpp"
#include "orrery/export.hpp"

namespace orrery {

namespace topics {
class Hub;
}

struct TopicOptions {
  /// Kept for subscribers that are behind: 1 to 524288.
  std::size_t messages = 1024;
  /// Bytes of one message: 1 to 1 MiB.
  std::size_t largest = 1024;
};

struct TopicMessage {
  std::string_view bytes;    ///< good until the call returns
  std::uint64_t missed = 0;  ///< messages before this one that were gone before this worker came to them
};

/// While it is kept, and the worker lives, its callback is called. Loop thread only, its end too.
class ORRERY_EXPORT Subscription {
 public:
  /// One that is over.
  Subscription() = default;
  Subscription(std::weak_ptr<topics::Hub> hub, std::uint64_t number) : hub_(std::move(hub)), number_(number) {}
  Subscription(Subscription&& other) noexcept : hub_(std::move(other.hub_)), number_(std::exchange(other.number_, 0)) {}
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription() { cancel(); }
  /// Nothing is called any more. May be called by its own callback.
  void cancel();

 private:
  std::weak_ptr<topics::Hub> hub_;
  std::uint64_t number_ = 0;
};

class ORRERY_EXPORT Topic {
 public:
  /// `name` is for the log. Throws std::invalid_argument for options that are out of their range, and std::bad_alloc.
  Topic(App& app, std::string name, TopicOptions options = {});

  /// To all workers, this one too, in one order for all of them. Any thread. False when `bytes` are more than
  /// `largest`.
  bool publish(std::string_view bytes) const;
  /// Calls `heard` on the loop thread for each message that is published from now on. What it throws is logged. Loop
  /// thread of a worker: in a start hook or later, else throws std::logic_error.
  [[nodiscard]] Subscription subscribe(std::function<void(const TopicMessage&)> heard) const;

 private:
  std::shared_ptr<topics::Hub> hub_;
};

}  // namespace orrery
