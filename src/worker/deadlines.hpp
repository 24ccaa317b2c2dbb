// Deadlines: wakes each connection at the moment it asked for, with one loop timer for all of them.
//
// A timing wheel of 100 ms slots (Varghese and Lauck, 1987). A deadline that moves later costs nothing: the connection
// is woken at the old moment, looks, and asks anew. One that moves earlier is re-linked. So a kept-alive request
// touches the wheel only when its first deadline passes. Loop thread only; wakes at most 100 ms late, never early.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "uv/loop.hpp"

namespace orrery::worker {

/// A place in one of the wheel's rings.
struct WheelLink {
  WheelLink* previous = nullptr;
  WheelLink* next = nullptr;
  std::int64_t tick = 0;  ///< the slot it is linked in
  base::Monotonic due{};  ///< what was asked for

  void unlink();
};

/// What can be woken. A base class of its owner; unlinks itself when it goes.
class Deadline : public WheelLink {
 public:
  Deadline() = default;
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  /// The moment may have moved since it was asked for: look, act if it is time, and schedule() again if need be.
  virtual void on_deadline(base::Monotonic now) = 0;

 protected:
  ~Deadline() { unlink(); }
};

class Deadlines {
 public:
  explicit Deadlines(uv::Loop& loop);
  ~Deadlines();

  /// Wakes `deadline` at `due` or, if that is beyond the wheel, earlier. Monotonic::max() = never.
  void schedule(Deadline& deadline, base::Monotonic due, base::Monotonic now) {
    if (due == base::Monotonic::max() || (deadline.next && deadline.due <= due)) return;
    link(deadline, due, now);
  }

  // --- for who holds the clock, and so need not be coarse ---
  /// The first moment after `now` that was asked for; nothing when there is none.
  [[nodiscard]] std::optional<base::Monotonic> next_due(base::Monotonic now) const;
  /// Wakes those whose moment has come by `now`.
  void wake_due(base::Monotonic now);

 private:
  static constexpr std::int64_t kSlots = 1024;
  void link(Deadline& deadline, base::Monotonic due, base::Monotonic now);
  void turn();
  void wake_slot(std::int64_t tick, base::Monotonic now);
  void arm(std::int64_t tick, base::Monotonic now);
  [[nodiscard]] std::int64_t next_occupied(std::int64_t from) const;

  uv::Timer timer_;
  std::int64_t done_;       ///< all ticks up to this one are handled
  std::int64_t armed_ = 0;  ///< tick the timer is set for; 0 = it is not
  std::array<WheelLink, kSlots> heads_;
};

}  // namespace orrery::worker
