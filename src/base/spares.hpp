// Spares: objects that were used and wait for their next use, up to a number: the last one that came goes first.
//
// What was taken is as it was kept: its user makes it fit for use again. It never makes an object itself, and never
// waits. One thread only.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

namespace orrery::base {

template <class T, std::size_t kMost>
class Spares {
 public:
  Spares() = default;
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;
  ~Spares() {
    while (count_ > 0) take();
  }

  /// Null when there is none.
  [[gnu::always_inline]] std::unique_ptr<T> take() {
    return std::unique_ptr<T>{count_ == 0 ? nullptr : spares_[--count_]};
  }
  /// False, and `object` stays where it is, when there are as many as may be.
  [[gnu::always_inline]] bool keep(std::unique_ptr<T>& object) {
    if (count_ == kMost) return false;
    spares_[count_++] = object.release();
    return true;
  }
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  std::array<T*, kMost> spares_;
  std::size_t count_ = 0;  ///< the first so many are set, and owned
};

}  // namespace orrery::base
