// QuarantineTable: the requests that no worker shall run for a while, where every worker can see them.
//
// Part of the scoreboard's mapping. Written by the master only, whole, under a sequence counter; read by
// workers before a handler is called. A request is known by its method and a fingerprint of its whole target;
// nothing here is a pointer or a text. Zero pages are an empty table. Never waits, never makes a system call;
// while it is empty a look costs one load.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "base/fingerprint.hpp"
#include "os/sequenced.hpp"

namespace orrery::os {

class QuarantineTable {
 public:
  static constexpr std::size_t kEntries = 64;

  struct Entry {
    std::uint64_t key = 0;  ///< key_of() the request
    base::Monotonic until{};
  };

  /// What a target is recorded as when its request begins.
  [[nodiscard]] std::uint64_t fingerprint(std::string_view target) const {
    return base::fingerprint(seed_.load(std::memory_order_relaxed), target);
  }
  /// What a request is listed under.
  static std::uint64_t key_of(std::string_view method, std::uint64_t fingerprint) {
    return base::fingerprint(fingerprint, method);
  }

  // --- worker ---
  [[nodiscard]] bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }
  /// Until when this request is not run; the epoch = it may run.
  [[nodiscard]] base::Monotonic held_until(std::uint64_t key, base::Monotonic now) const;

  // --- master ---
  /// Once, before the first fork: what the fingerprints are made with.
  void seed(std::uint64_t seed) { seed_.store(seed, std::memory_order_relaxed); }
  /// The whole list, in the place of the former one; at most kEntries.
  void publish(std::span<const Entry> entries);

 private:
  struct Cell {
    std::atomic<std::uint64_t> key;
    std::atomic<std::int64_t> until_ns;  ///< CLOCK_MONOTONIC
  };
  std::atomic<std::uint64_t> seed_;
  Sequence sequence_;
  std::atomic<std::uint32_t> count_;
  std::array<Cell, kEntries> cells_;
};

}  // namespace orrery::os
