// Kept: objects that were used and wait for their next use, up to a number: the last one that came goes first.
//
// Whoever takes one makes it fit for use again. It never makes an object itself, and never waits. One thread only.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace orrery::base {

template <class T, std::size_t kMost>
class Kept {
 public:
  /// Null when there is none.
  std::unique_ptr<T> take() { return count_ == 0 ? nullptr : std::move(kept_[--count_]); }
  /// False, and `object` stays where it is, when there are as many as may be.
  bool keep(std::unique_ptr<T>& object) {
    if (count_ == kMost) return false;
    kept_[count_++] = std::move(object);
    return true;
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  std::array<std::unique_ptr<T>, kMost> kept_;
  std::size_t count_ = 0;
};

}  // namespace orrery::base
