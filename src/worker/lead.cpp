#include "worker/lead.hpp"

#include <system_error>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "worker/signals_blocked.hpp"

namespace orrery::worker {

bool Lead::has() {
  want();
  return has_;
}

void Lead::tell(std::function<void()> gained, std::function<void()> lost) {
  told_.push_back(std::make_shared<Told>(Told{std::move(gained), std::move(lost)}));
  want();
  if (has_) mailbox_->post([this] { tell_gained(); });
}

void Lead::want() {
  if (wants_ || over_) return;
  if (!lock_) {
    wants_ = true;
    return mailbox_->post([this] { gain({}); });
  }
  auto own = lock_->open_own();
  // It is tried again when it is asked for the next time.
  if (!own) return base::log_error("this worker cannot want the lead: {}", own.error().message);
  try {
    wait_on_thread(std::move(*own));
    wants_ = true;
  } catch (const std::system_error& error) {
    base::log_error("this worker cannot want the lead, which takes a thread: {}", error.what());
  }
}

// A process that ends takes the thread along, whatever it waits for.
void Lead::wait_on_thread(base::UniqueFd own) {
  const SignalsBlocked blocked;
  auto shared = std::make_shared<base::UniqueFd>(std::move(own));
  std::thread{[this, shared, mailbox = mailbox_, unwanted = unwanted_] {
    if (!os::wait_for_lead(*shared)) return base::log_error("this worker cannot lock the lead");
    // The loop may be held by a handler, and others wait for it.
    if (*unwanted) return;
    mailbox->post([this, shared] { gain(std::move(*shared)); });
  }}.detach();
}

void Lead::gain(base::UniqueFd own) {
  if (over_) return;  // what it is given closes here
  own_ = std::move(own);
  has_ = true;
  base::log_info("This worker has the lead");
  tell_gained();
}

void Lead::tell_gained() {
  // A callback may ask for more of them.
  for (std::size_t i = 0; i < told_.size() && has_; ++i) {
    const std::shared_ptr<Told> one = told_[i];
    if (!std::exchange(one->knows, true)) one->gained();
  }
}

void Lead::let_go() {
  *unwanted_ = true;
  if (std::exchange(over_, true) || !std::exchange(has_, false)) return;
  for (std::size_t i = 0; i < told_.size(); ++i) {
    const std::shared_ptr<Told> one = told_[i];
    if (std::exchange(one->knows, false)) one->lost();
  }
  own_.reset();
  base::log_info("This worker has let go of the lead");
}

}  // namespace orrery::worker
