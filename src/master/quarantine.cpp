#include "master/quarantine.hpp"

#include <algorithm>

namespace orrery::master {

std::size_t Quarantine::begin_generation(unsigned generation, Rules rules) {
  rules_ = rules;
  if (generation <= generation_) return 0;
  generation_ = generation;
  const std::size_t held = held_.size();
  held_.clear();
  suspected_.clear();
  return held;
}

Quarantine::Suspected& Quarantine::suspected(std::uint64_t key) {
  const auto known =
      std::find_if(suspected_.begin(), suspected_.end(), [key](const Suspected& one) { return one.key == key; });
  if (known != suspected_.end()) return *known;
  if (suspected_.size() >= kMost) suspected_.erase(suspected_.begin());
  return suspected_.emplace_back(Suspected{key, {}});
}

Quarantine::Verdict Quarantine::record_death(const Suspect& request, How how, unsigned generation,
                                             base::Monotonic now) {
  if (rules_.length.count() <= 0 || generation < generation_) return Verdict::kNothing;
  const bool known = std::any_of(held_.begin(), held_.end(),
                                 [&](const Held& held) { return held.request.key == request.key && held.until > now; });
  if (known) return Verdict::kKnown;
  std::vector<base::Monotonic>& deaths = suspected(request.key).deaths;
  std::erase_if(deaths, [now](base::Monotonic death) { return death + kQuarantineWindow <= now; });
  deaths.push_back(now);
  if (deaths.size() < rules_.deaths) return Verdict::kNothing;
  std::erase_if(suspected_, [&](const Suspected& one) { return one.key == request.key; });
  std::erase_if(held_, [&](const Held& held) { return held.request.key == request.key; });
  if (held_.size() >= kMost) held_.erase(held_.begin());
  const auto length = how == How::kStuck ? std::min(rules_.length, kLongestStuck) : rules_.length;
  held_.push_back({request, now + length});
  return Verdict::kQuarantine;
}

std::vector<Quarantine::Held> Quarantine::expire(base::Monotonic now) {
  const auto over =
      std::stable_partition(held_.begin(), held_.end(), [now](const Held& held) { return held.until > now; });
  std::vector<Held> ended(std::make_move_iterator(over), std::make_move_iterator(held_.end()));
  held_.erase(over, held_.end());
  return ended;
}

}  // namespace orrery::master
