// Balance: whether this worker has clearly more to do than a sibling that could take the next connection.
//
// Reads what each worker publishes in its slot; writes nothing. What counts is requests in flight above everyday
// fluctuation and, far below that, open connections. All workers weigh by one scale, so the least loaded never finds
// that it has more than a sibling. A worker that cannot take a connection now (full, paused, class `sync` with a
// handler at work) is nobody's yardstick. Only workers are siblings: a child of another role is always alone. Loop
// thread only.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "os/scoreboard.hpp"

namespace orrery::worker {

class Balance {
 public:
  /// `one_at_a_time`: the worker class is `sync`.
  Balance(const os::Scoreboard& board, const os::Slot& own, bool one_at_a_time)
      : board_(board), own_(own), one_at_a_time_(one_at_a_time) {}

  /// The load has risen, so that it is time for a look. `now_ms`: the loop's clock.
  [[nodiscard]] bool has_more_than_before(std::uint64_t now_ms) {
    const std::int32_t before = std::exchange(last_connections_, own_.connections.load(std::memory_order_relaxed));
    if (last_connections_ > before) return true;
    return own_.requests_in_flight() > kEveryday && now_ms != seen_at_;
  }
  /// Looks at the siblings.
  bool has_more_than_a_sibling(std::uint64_t now_ms);
  /// The own load is another one than at the last look.
  [[nodiscard]] bool changed() const;
  /// A sibling could serve a request at once.
  [[nodiscard]] bool anybody_free() const;
  /// No sibling could take the next connection.
  [[nodiscard]] bool no_sibling_can_take() const;

 private:
  /// So many requests in flight above the least are no sign of anything.
  static constexpr std::int32_t kEveryday = 2;

  struct Least {
    std::int32_t in_flight;
    std::int32_t connections;
  };
  [[nodiscard]] bool eligible(const os::Slot& slot) const;
  [[nodiscard]] static std::int32_t load(const os::Slot& slot, const Least& least);

  const os::Scoreboard& board_;
  const os::Slot& own_;
  bool one_at_a_time_;
  std::int32_t last_connections_ = 0;
  std::int32_t seen_connections_ = 0, seen_in_flight_ = 0;
  std::uint64_t seen_at_ = 0;
};

}  // namespace orrery::worker
