// Children: the worker processes as the supervisor knows them.
//
// Pure bookkeeping, owned by the supervisor; makes no decision and touches no process. A *place* is one of
// the `target` positions that shall be filled with a ready worker; a replacement takes the place of the one
// it replaces. A child is *live* until it is told to leave. A reaped child is gone from here at that instant,
// so its pid cannot be signalled.
#pragma once

#include <cstdint>
#include <sys/types.h>
#include <vector>

#include "base/clock.hpp"
#include "master/event.hpp"
#include "master/growth.hpp"
#include "os/scoreboard.hpp"

namespace orrery::master {

/// The place of a child that fills none.
inline constexpr unsigned kNoPlace = os::kMaxWorkers;
inline constexpr base::Monotonic kNever = base::Monotonic::max();

struct Child {
  enum class State : std::uint8_t {
    kForking,  ///< asked for, no pid yet
    kBooting,  ///< forked, not ready; deadline: boot_timeout
    kReady,
    kRetiring,  ///< told to leave; deadline: graceful_timeout
    kAborted,   ///< sent ABRT; deadline: KILL
    kKilled,    ///< sent KILL
  };
  unsigned number = 0;
  unsigned place = 0;
  unsigned generation = 0;
  pid_t pid = 0;
  State state = State::kForking;
  bool spent = false;              ///< wants to be replaced: max_requests reached, or all its threads stuck
  Ending ending = Ending::kAsked;  ///< kAborted, kKilled: why
  int asked = 0;                   ///< the signal that told it to leave, sent or to be sent when it has a pid
  base::Monotonic ready_at = kNever;
  base::Monotonic deadline = kNever;
  base::Monotonic expires = kNever;  ///< when it is too old
  Growth growth;                     ///< of its private memory
  bool leaves_first = false;         ///< its replacement waits until it is gone: there is no memory for both

  [[nodiscard]] bool live() const { return state <= State::kReady; }
  [[nodiscard]] bool ready() const { return state == State::kReady; }
};

class Children {
 public:
  Child& add(unsigned place, unsigned generation);
  void remove(unsigned number);

  /// Null when there is none; valid until add() or remove().
  Child* with_pid(pid_t pid);
  Child* with_number(unsigned number);
  /// The live child that fills `place` for `generation` and is not spent.
  Child* current(unsigned place, unsigned generation);
  /// A ready child of `place` that is to be replaced: spent, or of another generation.
  Child* former(unsigned place, unsigned generation);

  [[nodiscard]] bool has_ready(unsigned place) const;
  /// The same of one generation, and not spent.
  [[nodiscard]] bool has_ready(unsigned place, unsigned generation) const;
  /// Each of the first `places` has a ready child.
  [[nodiscard]] bool all_ready(unsigned places) const;
  [[nodiscard]] unsigned ready() const;
  [[nodiscard]] unsigned live() const;
  [[nodiscard]] bool any_of(unsigned generation) const;
  /// The place below `places` of the live child that is oldest; the last place when there is none.
  [[nodiscard]] unsigned oldest_place(unsigned places) const;
  void swap_places(unsigned one, unsigned other);

  [[nodiscard]] std::size_t size() const { return children_.size(); }
  [[nodiscard]] bool empty() const { return children_.empty(); }
  auto begin() { return children_.begin(); }
  auto end() { return children_.end(); }
  [[nodiscard]] auto begin() const { return children_.begin(); }
  [[nodiscard]] auto end() const { return children_.end(); }

 private:
  std::vector<Child> children_;  ///< by number, ascending
  unsigned next_number_ = 1;
};

}  // namespace orrery::master
