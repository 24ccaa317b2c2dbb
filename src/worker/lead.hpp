// Lead: whether this worker has the lead of its service, behind Worker::lead() and on_lead().
//
// It begins to want it when it is first asked, on a thread that does nothing but wait for os::LeadLock, and says what
// it has on the loop thread. It lets go once, as the worker begins to leave: the callbacks come first, then the lock.
// Without a lock (a worker inside a test) it is alone and has the lead as soon as it wants it. Loop thread only.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "base/unique_fd.hpp"
#include "os/lead_lock.hpp"
#include "worker/mailbox.hpp"

namespace orrery::worker {

class Lead {
 public:
  /// The mailbox outlives it; the thread keeps it too.
  Lead(const os::LeadLock* lock, const std::shared_ptr<Mailbox>& mailbox) : lock_(lock), mailbox_(mailbox) {}

  /// Wants it from now on.
  bool has();
  /// Fenced already. `gained` comes later, also when it has the lead by now.
  void tell(std::function<void()> gained, std::function<void()> lost);
  void let_go();
  /// Nothing of the application is called any more.
  void forget() { told_.clear(); }

 private:
  struct Told {
    std::function<void()> gained, lost;
    bool knows = false;  ///< that it was gained
  };
  void want();
  void wait_on_thread(base::UniqueFd own);
  void gain(base::UniqueFd own);
  void tell_gained();

  const os::LeadLock* lock_;
  const std::shared_ptr<Mailbox>& mailbox_;
  base::UniqueFd own_;  ///< locked
  bool wants_ = false;
  bool has_ = false;
  bool over_ = false;  ///< it has let go, or never will have it
  std::shared_ptr<std::atomic<bool>> unwanted_ =
      std::make_shared<std::atomic<bool>>(false);  ///< the same, for the thread
  std::vector<std::shared_ptr<Told>> told_;
};

}  // namespace orrery::worker
