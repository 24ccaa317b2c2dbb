// OrderChannel: the master's end of the channel to the admin process that was started last.
//
// Never waits for that process, and takes a bounded number of orders each second, whatever comes: the rest waits in the
// channel, and then in the sender. An answer that the other side does not take is lost. Master process only; what an
// order means is not known here.
#pragma once

#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "master/event.hpp"
#include "os/order.hpp"

namespace orrery::master {

class OrderChannel {
 public:
  /// From now on to this process; the one before is heard no more.
  void connect(base::UniqueFd ours) { fd_ = std::move(ours); }
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// For poll: -1 when no more orders are taken this second.
  [[nodiscard]] int awaited(base::Monotonic now) const { return left_ > 0 || next_ <= now ? fd_.get() : -1; }
  /// The next order that has come and may be taken now, if any.
  std::optional<os::Order> take(base::Monotonic now);
  void answer(const AnswerOrder& answer) const;

 private:
  base::UniqueFd fd_;
  unsigned left_ = 0;  ///< that are taken before next_
  base::Monotonic next_{};
};

}  // namespace orrery::master
