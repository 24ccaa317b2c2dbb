#include "worker/balance.hpp"

#include <algorithm>
#include <atomic>

namespace orrery::worker {

namespace {

/// A request in flight weighs as much as so many idle connections…
constexpr std::int32_t kRequestWeight = 8;
/// …of which no more than these count: a fresh worker shall not get every new request until it has as many connections
/// as the others.
constexpr std::int32_t kMostConnections = 32;

std::int32_t in_flight(const os::Slot& slot) { return slot.requests_in_flight(); }
std::int32_t connections(const os::Slot& slot) { return slot.connections.load(std::memory_order_relaxed); }

}  // namespace

bool Balance::eligible(const os::Slot& slot) const {
  if (&slot == &own_) return true;
  return slot.state.load(std::memory_order_relaxed) == os::WorkerState::kReady &&
         slot.accepting.load(std::memory_order_relaxed) && !(one_at_a_time_ && in_flight(slot) > 0);
}

std::int32_t Balance::load(const os::Slot& slot, const Least& least) {
  const std::int32_t more = in_flight(slot) - least.in_flight;
  const std::int32_t requests = more > kEveryday + least.in_flight / 4 ? more : 0;
  return requests * kRequestWeight + std::min(connections(slot) - least.connections, kMostConnections);
}

bool Balance::changed() const { return connections(own_) != seen_connections_ || in_flight(own_) != seen_in_flight_; }

bool Balance::anybody_free() const {
  return std::ranges::any_of(board_.siblings(own_), [this](const os::Slot& slot) {
    return &slot != &own_ && eligible(slot) && in_flight(slot) == 0;
  });
}

bool Balance::no_sibling_can_take() const {
  return std::ranges::none_of(board_.siblings(own_),
                              [this](const os::Slot& slot) { return &slot != &own_ && eligible(slot); });
}

bool Balance::has_more_than_a_sibling(std::uint64_t now_ms) {
  seen_at_ = now_ms;
  seen_connections_ = connections(own_);
  seen_in_flight_ = in_flight(own_);
  Least least{seen_in_flight_, seen_connections_};
  for (const os::Slot& slot : board_.siblings(own_)) {
    if (!eligible(slot)) continue;
    least.in_flight = std::min(least.in_flight, in_flight(slot));
    least.connections = std::min(least.connections, connections(slot));
  }
  const std::int32_t own = load(own_, least);
  const std::int32_t clearly = 2 + least.connections / 16;
  return std::ranges::any_of(board_.siblings(own_),
                             [&](const os::Slot& slot) { return eligible(slot) && own > load(slot, least) + clearly; });
}

}  // namespace orrery::worker
