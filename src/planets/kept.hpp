// Kept: what was made at some cost and is likely to be asked for again, each by its key: those that were asked for
// last, as many as fit into some bytes.
//
// Any thread. The lock is never held while something is made: two who ask for the same at once may both make it, and
// nobody waits for another. It never grows beyond its bytes; what is larger by itself is given and not kept.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace orrery::planets {

/// `T::size()`: bytes.
template <class T>
class Kept {
 public:
  explicit Kept(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// What has this key, or else what `make()` gives.
  template <class Make>
  [[nodiscard]] std::shared_ptr<const T> get(const std::string& key, Make&& make) {
    if (auto known = find(key)) return known;
    auto made = std::make_shared<const T>(make());
    keep(key, made);
    return made;
  }

  [[nodiscard]] std::size_t count() const {
    const std::lock_guard lock{mutex_};
    return items_.size();
  }
  /// Of all that is kept, keys too.
  [[nodiscard]] std::size_t bytes() const {
    const std::lock_guard lock{mutex_};
    return bytes_;
  }

 private:
  struct Item {
    std::string key;
    std::shared_ptr<const T> value;
    [[nodiscard]] std::size_t bytes() const { return key.size() + value->size(); }
  };

  std::shared_ptr<const T> find(const std::string& key) {
    const std::lock_guard lock{mutex_};
    const auto place = places_.find(key);
    if (place == places_.end()) return {};
    items_.splice(items_.begin(), items_, place->second);
    return place->second->value;
  }

  void keep(const std::string& key, std::shared_ptr<const T> value) {
    const std::lock_guard lock{mutex_};
    Item item{key, std::move(value)};
    const std::size_t more = item.bytes();
    if (more > most_bytes_ || places_.contains(key)) return;
    for (; bytes_ + more > most_bytes_; items_.pop_back()) {
      places_.erase(items_.back().key);
      bytes_ -= items_.back().bytes();
    }
    items_.push_front(std::move(item));
    places_.emplace(items_.front().key, items_.begin());
    bytes_ += more;
  }

  std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::list<Item> items_;  ///< the one that was asked for last comes first
  std::unordered_map<std::string_view, typename std::list<Item>::iterator> places_;
  std::size_t bytes_ = 0;
};

}  // namespace orrery::planets
