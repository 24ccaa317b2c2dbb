#include "master/backoff.hpp"

#include <algorithm>

namespace orrery::master {

double Jitter::next() {
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  const std::uint64_t bits = (state_ * 0x2545F4914F6CDD1DULL) >> 11;
  return 0.75 + static_cast<double>(bits) / static_cast<double>(1ULL << 53) / 2;
}

void Backoff::record_death(base::Monotonic now, base::Nanoseconds served, Jitter& jitter) {
  if (served >= kStableLife) deaths_ = 0;
  ++deaths_;
  not_before_ = now;
  if (deaths_ < 2) return;
  const unsigned doublings = std::min(deaths_ - 2, 10U);
  const base::Nanoseconds wait = std::min<base::Nanoseconds>(kFirstWait * (1LL << doublings), kLongestWait);
  not_before_ += std::chrono::duration_cast<base::Nanoseconds>(wait * jitter.next());
}

}  // namespace orrery::master
