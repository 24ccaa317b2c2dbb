// Sequenced: a value in shared memory that one process writes and others read whole, without a lock.
//
// A counter is odd while the value is being written: a reader that sees it odd, or changed after the look, looks again,
// and gives up after some tries, since a writer that died in the middle leaves it odd for ever. One writer at a time.
// Never waits, never makes a system call, and a plain write has no locked instruction. Zero pages are a value of zeros
// that nobody wrote. Nothing in a value may be a pointer.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace orrery::os {

/// The counter alone, for what is guarded in place.
class Sequence {
 public:
  /// Writer, one at a time: calls `change()` between the two steps of the counter.
  template <class Change>
  void write(Change&& change) {
    const std::uint32_t even = count_.load(std::memory_order_relaxed);
    count_.store(even + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    change();
    count_.store(even + 2, std::memory_order_release);
  }
  /// One of several writers: false, and nothing is changed, when another one is writing. Async-signal-safe.
  template <class Change>
  bool try_write(Change&& change) {
    std::uint32_t even = count_.load(std::memory_order_relaxed);
    if (even % 2 != 0 || !count_.compare_exchange_strong(even, even + 1)) return false;
    std::atomic_thread_fence(std::memory_order_release);
    change();
    count_.store(even + 2, std::memory_order_release);
    return true;
  }
  /// Reader: calls `look()` until nothing was written meanwhile. False when that never came: what it saw may be torn.
  template <class Look>
  bool read(Look&& look) const {
    // A live writer is between its two steps for some 100 ns, a dead one for ever: a few tries tell them apart.
    constexpr int kAttempts = 16;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const std::uint32_t before = count_.load(std::memory_order_acquire);
      if (before % 2 != 0) continue;
      look();
      std::atomic_thread_fence(std::memory_order_acquire);
      if (count_.load(std::memory_order_relaxed) == before) return true;
    }
    return false;
  }
  /// How often it was written.
  [[nodiscard]] std::uint32_t count() const { return count_.load(std::memory_order_acquire) / 2; }

 private:
  std::atomic<std::uint32_t> count_{0};
};

template <class T>
class Sequenced {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// Writer, one at a time: calls `fill(value)`.
  template <class Fill>
  void write(Fill&& fill) {
    sequence_.write([&] { fill(value_); });
  }
  /// One of several writers, see Sequence::try_write().
  template <class Fill>
  bool try_write(Fill&& fill) {
    return sequence_.try_write([&] { fill(value_); });
  }
  /// The value; nothing when it was torn. What a process wrote that may have been out of its mind: check it.
  [[nodiscard]] std::optional<T> read() const {
    std::optional<T> copy;
    if (!sequence_.read([&] { copy = value_; })) copy.reset();
    return copy;
  }
  [[nodiscard]] std::uint32_t count() const { return sequence_.count(); }

 private:
  Sequence sequence_;
  T value_{};
};

}  // namespace orrery::os
