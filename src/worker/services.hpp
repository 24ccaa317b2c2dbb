// Services: what the sessions of one worker share. Borrowed by each session, owned by the worker; loop thread only.
#pragma once

#include <memory>
#include <vector>

#include "http/context.hpp"
#include "http/output.hpp"
#include "uv/loop.hpp"
#include "worker/deadlines.hpp"
#include "worker/mailbox.hpp"
#include "worker/recorder.hpp"

namespace orrery::worker {

class Connections;
class Dispatch;

/// Output buffers not in use. A session has one only while it is its turn; turns may nest (a handler writes to another's stream).
class OutputPool {
 public:
  std::unique_ptr<http::Output> take() {
    if (free_.empty()) return std::make_unique<http::Output>();
    auto output = std::move(free_.back());
    free_.pop_back();
    return output;
  }
  void give_back(std::unique_ptr<http::Output> output) {
    output->clear();
    if (free_.size() < 8) free_.push_back(std::move(output));
  }

 private:
  std::vector<std::unique_ptr<http::Output>> free_;
};

struct Services {
  uv::Loop& loop;
  http::Context& context;
  Recorder& recorder;
  Deadlines& deadlines;
  std::shared_ptr<Mailbox> mailbox;
  os::Slot& slot;
  Connections* connections = nullptr;
  Dispatch* dispatch = nullptr;
  OutputPool outputs;
  base::Nanoseconds wall_offset{
      0};  ///< what added to the monotonic clock gives UTC; renewed at each heartbeat
};

}  // namespace orrery::worker
