#include "worker/queue_delay.hpp"

#include <algorithm>

namespace orrery::worker {

bool QueueDelay::sheds(base::Nanoseconds waited, base::Monotonic now) {
  const std::scoped_lock lock(mutex_);
  if (now >= interval_ends_) {
    // An interval in which none was taken says nothing of the queue.
    const bool recent = interval_ends_ != base::Monotonic{} && now - interval_ends_ < interval_;
    standing_ = recent && least_ > target_;
    least_ = waited;
    interval_ends_ = now + interval_;
  }
  least_ = std::min(least_, waited);
  if (waited <= target_) standing_ = false;
  return standing_ && waited > 2 * target_;
}

}  // namespace orrery::worker
