#include "master/scarcity.hpp"

#include <algorithm>

namespace orrery::master {

bool Scarcity::look(std::uint64_t left, std::uint64_t limit) {
  const std::size_t known = std::min(looks_, kLooks);
  const std::uint64_t before = known < kLooks ? left_[0] : left_[looks_ % kLooks];
  left_[looks_ % kLooks] = left;
  ++looks_;
  if (left < limit / 4) return true;
  return known > 0 && before > left && left / (before - left) < kLooksAhead / known;
}

}  // namespace orrery::master
