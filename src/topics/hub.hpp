// Hub: one topic in one worker: its part of the shared ring, who listens, and the thread that waits for more.
//
// Made in the master with the App, and copied into each worker by its fork; begins to live with the start hook. The
// thread does nothing but wait in the kernel and tell the loop thread, which does everything else; it exists while
// somebody listens. publish() may be called on any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "orrery/app.hpp"
#include "orrery/topic.hpp"

#include "os/message_ring.hpp"

namespace orrery::topics {

class Hub : public std::enable_shared_from_this<Hub> {
 public:
  using Heard = std::function<void(const TopicMessage&)>;

  Hub(std::string name, TopicOptions options) : name_(std::move(name)), ring_(options.messages, options.largest) {}
  ~Hub() { end(); }
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void begin(Worker& worker) { worker_ = &worker; }
  /// The worker's end, or its App's: nobody is called any more, and the thread is gone.
  void end();

  bool publish(std::string_view bytes);
  std::uint64_t add(Heard heard);
  void remove(std::uint64_t number);

 private:
  struct Listener {
    std::shared_ptr<const Heard> heard;
    os::MessageRing::Position from = 0;  ///< what was published before is not for it
  };
  void start_thread();
  void stop_thread();
  void wait_and_tell(os::MessageRing::Position told);
  void post_delivery();
  void deliver();
  void tell(const os::MessageRing::Read& read, os::MessageRing::Position position);

  std::string name_;
  os::MessageRing ring_;
  std::atomic<Worker*> worker_{nullptr};
  std::atomic<bool> listens_{false};  ///< for publish(): this worker's own listeners need not wait for the thread
  std::map<std::uint64_t, Listener> listeners_;
  std::uint64_t last_ = 0;
  os::MessageRing::Position position_ = 0;  ///< loop thread: the next one to be told
  std::thread thread_;
  std::atomic<bool> over_{false};  ///< for the thread
};

}  // namespace orrery::topics
