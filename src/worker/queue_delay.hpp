// QueueDelay: whether a request that waited for its handler is to be shed, by CoDel's rule for queues of requests.
//
// Of one worker; whichever thread takes a request out of the queue asks. The queue stands when over a whole interval
// even the request that waited least has waited longer than the target: then those that have waited twice the target
// are shed, so that what is served is served in time. One that has waited less ends it. Reads no clock and no request.
#pragma once

#include <chrono>
#include <mutex>

#include "base/clock.hpp"

namespace orrery::worker {

class QueueDelay {
 public:
  QueueDelay(std::chrono::milliseconds target, std::chrono::milliseconds interval)
      : target_(target), interval_(interval) {}

  /// A request is taken that has waited so long. True: it is to be shed.
  bool sheds(base::Nanoseconds waited, base::Monotonic now);

 private:
  const base::Nanoseconds target_, interval_;
  std::mutex mutex_;
  base::Monotonic interval_ends_{};  ///< the epoch: none has begun
  base::Nanoseconds least_{0};       ///< of those taken in this interval
  bool standing_ = false;            ///< so it was in the last interval
};

}  // namespace orrery::worker
