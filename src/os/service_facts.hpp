// ServiceFacts: what the master knows of its service, for readers in other processes.
//
// Part of the scoreboard's mapping, under a sequence: written by the master only, whole; any process reads a copy.
// Plain numbers and texts that are cut, nothing that points anywhere. It says what is decided and what happened; what
// the workers do stands in their slots. Its layout never crosses binaries.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "orrery/config.hpp"

namespace orrery::os {

/// How a child's life ended, judged by what was asked of it.
enum class Ending : std::uint8_t {
  kAsked,        ///< told to leave, and it left
  kRestarted,    ///< left by itself or because somebody signalled it; not a crash
  kBootFailed,   ///< ended before it was ready
  kBootTimeout,  ///< killed: not ready within boot_timeout
  kTimeout,      ///< killed: its loop did not beat for `timeout`
  kDeadline,     ///< killed: it blocked in a request past request_deadline
  kGraceOver,    ///< killed: told to leave, still there after graceful_timeout
  kQuickStop,    ///< killed: the service was stopped quickly
  kCrashed,      ///< anything else
};
inline constexpr std::size_t kEndings = 9;
/// "asked", "boot_timeout": one lower-case word each, for names of metrics and fields.
std::string_view word_for(Ending ending);

/// A text of at most N bytes; what is longer is cut.
template <std::size_t N>
class CutText {
 public:
  CutText() = default;
  explicit CutText(std::string_view text) : length_(static_cast<std::uint16_t>(std::min(text.size(), N))) {
    std::copy_n(text.data(), length_, bytes_.data());
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), std::min<std::size_t>(length_, N)}; }
  bool operator==(const CutText&) const = default;

 private:
  std::array<char, N> bytes_{};
  std::uint16_t length_ = 0;
};

struct ServiceFacts {
  enum class State : std::uint8_t {
    kStarting,  ///< no worker was ever ready
    kServing,
    kReloading,   ///< HUP came: a new generation is on its way
    kPaused,      ///< WINCH came: all workers leave, HUP brings them back
    kDrainDelay,  ///< TERM came: serving goes on for drain_delay, so that balancers look elsewhere
    kStopping,
    kHandedOver,  ///< after an upgrade: the service is another master's, and this one leaves
  };
  enum class Outcome : std::uint8_t {
    kNone,     ///< there was no reload yet
    kPending,  ///< it is not decided
    kDone,
    kRefused,  ///< its configuration was not good; nothing changed
    kGivenUp,  ///< its workers did not become ready; the generation before goes on
  };
  using Url = CutText<120>;
  struct Reload {
    Outcome outcome = Outcome::kNone;
    unsigned generation = 0;  ///< that it was to bring
    std::int64_t at_ns = 0;   ///< when its outcome came, CLOCK_REALTIME
    CutText<320> why;         ///< refused, given up
    bool operator==(const Reload&) const = default;
  };

  State state = State::kStarting;
  bool crash_loop = false;   ///< workers die as soon as they are replaced: one at a time is tried
  bool drained = false;      ///< ordered: balancers are to send nothing here, and clients to go elsewhere
  bool upgrading = false;    ///< USR2 came: another master is starting, or serves beside this one
  unsigned generation = 0;   ///< the one wanted
  unsigned target = 0;       ///< workers wanted
  unsigned ready = 0;        ///< workers that are ready
  unsigned least_ready = 1;  ///< so many must be for the service to be ready, or all when fewer are wanted

  /// The first worker of a new generation, on trial before the others come.
  struct Canary {
    unsigned number = 0;  ///< of the worker; 0 = none is on trial
    unsigned generation = 0;
    std::uint64_t promoted = 0, rolled_back = 0;
    bool operator==(const Canary&) const = default;
  };

  Reload reload;  ///< the last one
  Canary canary;
  std::int64_t last_good_reload_ns = 0;  ///< CLOCK_REALTIME; 0 = none yet
  std::uint64_t reloads_done = 0, reloads_refused = 0, reloads_given_up = 0;

  std::uint64_t forked = 0;                     ///< workers, ever
  std::array<std::uint64_t, kEndings> ended{};  ///< workers, by Ending

  // Said once, at the start.
  pid_t master = 0;
  std::int64_t started_ns = 0;  ///< CLOCK_REALTIME
  CutText<120> program;         ///< "orrery 0.1.0"
  CutText<64> build_id;         ///< empty = the binary has none

  LogLevel log_level = LogLevel::kInfo;  ///< from which on the master and its children log

  /// Whether and how the number of workers follows the load.
  struct Scaling {
    Autoscale mode = Autoscale::kOff;
    bool rests = false;  ///< nothing is followed now: a person has ordered a number, or something else is under way
    std::uint16_t least = 1, most = 1;  ///< workers that it comes to
    bool operator==(const Scaling&) const = default;
  };
  Scaling scaling;

  std::int64_t certificates_end = 0;  ///< the first of them, in Unix seconds, of the generation that serves; 0 = none

  static constexpr std::size_t kListeners = 16;
  unsigned listener_count = 0;            ///< of the generation that serves; the list has the first of them
  std::array<Url, kListeners> listeners;  ///< "http://127.0.0.1:8000"

  bool operator==(const ServiceFacts&) const = default;
};

/// Why no balancer should send anything here, as a sentence without a full stop; empty = it should.
std::string why_not_ready(const ServiceFacts& facts);

}  // namespace orrery::os
