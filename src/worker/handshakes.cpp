#include "worker/handshakes.hpp"

#include <algorithm>

namespace orrery::worker {

bool Handshakes::enter(Waiter& waiter) {
  if (under_way_ < most_ && waiting_.empty()) {
    ++under_way_;
    return true;
  }
  waiting_.push_back(&waiter);
  return false;
}

void Handshakes::done() {
  --under_way_;
  if (!waiting_.empty()) wake_();
}

void Handshakes::forget(const Waiter& waiter) {
  const auto place = std::find(waiting_.begin(), waiting_.end(), &waiter);
  if (place != waiting_.end()) waiting_.erase(place);
}

void Handshakes::admit() {
  while (under_way_ < most_ && !waiting_.empty()) {
    Waiter* const next = waiting_.front();
    waiting_.pop_front();
    ++under_way_;
    next->on_turn();
  }
}

}  // namespace orrery::worker
