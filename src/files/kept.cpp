#include "files/kept.hpp"

#include <algorithm>
#include <utility>

namespace orrery::files {

namespace {

constexpr std::int64_t kYoung = 2'000'000'000;
/// What one entry costs beside its bytes.
constexpr std::size_t kOverhead = 256;

}  // namespace

Kept::Bytes Kept::find(const os::FileFacts& facts) {
  const std::lock_guard lock{mutex_};
  const auto place = places_.find(facts.identity());
  if (place == places_.end()) return nullptr;
  const auto entry = place->second;
  if (entry->facts != facts) {
    forget(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->bytes;
}

void Kept::keep(const os::FileFacts& facts, Bytes bytes, std::int64_t now) {
  if (std::max(facts.modified, facts.changed) > now - kYoung) return;
  const std::size_t cost = bytes->size() + kOverhead;
  if (cost > most_) return;
  const std::lock_guard lock{mutex_};
  if (const auto place = places_.find(facts.identity()); place != places_.end()) forget(place->second);
  while (size_ + cost > most_) forget(std::prev(entries_.end()));
  entries_.push_front({facts, std::move(bytes)});
  places_[facts.identity()] = entries_.begin();
  size_ += cost;
}

std::size_t Kept::size() const {
  const std::lock_guard lock{mutex_};
  return size_;
}

void Kept::forget(Entries::iterator entry) {
  size_ -= entry->bytes->size() + kOverhead;
  places_.erase(entry->facts.identity());
  entries_.erase(entry);
}

}  // namespace orrery::files
