#include "master/breaker.hpp"

#include <algorithm>
#include <chrono>

namespace orrery::master {

bool Breaker::record_death(unsigned number, base::Monotonic now, base::Nanoseconds served, unsigned places,
                           Jitter& jitter) {
  if (served >= kStableLife) return false;
  std::erase_if(young_deaths_, [now](base::Monotonic death) { return death + kCrashWindow <= now; });
  young_deaths_.push_back(now);
  const bool opens = !open_ && young_deaths_.size() >= std::max(places, kCrashes);
  const bool failed = open_ && number == trial_;
  if (!opens && !failed) return false;
  if (failed) ++failures_;
  open_ = true;
  abandon_trial();
  const base::Nanoseconds wait =
      std::min<base::Nanoseconds>(kFirstTrialWait * (1LL << std::min(failures_, 10U)), kLongestWait);
  not_before_ = now + std::chrono::duration_cast<base::Nanoseconds>(wait * jitter.next());
  return opens;
}

void Breaker::record_ready(unsigned number, base::Monotonic now) {
  if (open_ && number == trial_) proven_at_ = now + kStableLife;
}

void Breaker::abandon_trial() {
  trial_ = 0;
  proven_at_ = base::Monotonic::max();
}

base::Monotonic Breaker::over_at() const {
  if (trial_ != 0) return proven_at_;
  return std::max(not_before_, young_deaths_.back() + kCrashWindow);
}

base::Monotonic Breaker::deadline(base::Monotonic now) const {
  if (!open_) return base::Monotonic::max();
  return trial_ == 0 && now < not_before_ ? not_before_ : over_at();
}

}  // namespace orrery::master
