// Quarantine: which requests no worker shall run for a while, because workers die of them.
//
// Pure: told of each death whose request is beyond doubt (see culprit.hpp), it says which requests are to be
// held and until when. Owned by the Service, which publishes the list to the workers. Never forks, signals,
// logs or reads a clock. Knows nothing of one generation in the next: new code may have mended what killed
// the old one.
//
//  State of a request  Meaning                         Left by
//  ------------------  ------------------------------  ---------------------------------------------------
//  unknown             no worker died of it lately     a death -> suspected, or held when one is enough
//  suspected           deaths, but too few, within     `deaths` of them within kQuarantineWindow -> held;
//                      the last kQuarantineWindow      time, or room for newer ones -> unknown
//  held                workers answer it 503           time, a new generation, or room for newer ones
//                                                      -> unknown
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace orrery::master {

/// Deaths further apart than this have nothing to do with each other.
inline constexpr base::Nanoseconds kQuarantineWindow = std::chrono::minutes{1};
/// The longest a request is held that did not crash a worker but held it up: what it waited for may be well
/// again.
inline constexpr base::Nanoseconds kLongestStuck = std::chrono::minutes{1};

class Quarantine {
 public:
  static constexpr std::size_t kMost = 64;  ///< requests held at once, and as many suspected; the oldest goes

  struct Rules {
    base::Nanoseconds length{0};  ///< 0 = off
    unsigned deaths = 2;          ///< so many within kQuarantineWindow
  };
  enum class How : std::uint8_t { kCrashed, kStuck };
  struct Suspect {
    std::uint64_t key = 0;
    std::string name;  ///< for the log: "GET /planets/sun/events"
  };
  struct Held {
    Suspect request;
    base::Monotonic until{};
  };
  enum class Verdict : std::uint8_t {
    kNothing,     ///< so far
    kQuarantine,  ///< it is held from now on
    kKnown,       ///< it was held already: this worker had begun it before
  };

  /// The rules of `generation`, which serves from now on. When it is a newer one than before, all is
  /// forgotten; returns how many requests were held.
  std::size_t begin_generation(unsigned generation, Rules rules);
  /// A worker of `generation` died while it ran this request.
  Verdict record_death(const Suspect& request, How how, unsigned generation, base::Monotonic now);
  /// The requests whose time is over; they are held until then, and not after.
  std::vector<Held> expire(base::Monotonic now);

  [[nodiscard]] const std::vector<Held>& held() const { return held_; }
  [[nodiscard]] const Rules& rules() const { return rules_; }

 private:
  struct Suspected {
    std::uint64_t key = 0;
    std::vector<base::Monotonic> deaths;  ///< the oldest first
  };
  Suspected& suspected(std::uint64_t key);

  unsigned generation_ = 0;
  Rules rules_;
  std::vector<Suspected> suspected_;  ///< by first death
  std::vector<Held> held_;            ///< by when it was first held
};

}  // namespace orrery::master
