// Sidecar: decides about the one child of a role that is no worker.
//
// Pure and owned by the supervisor, which forwards what happened to this child and says whether it is wanted. Master
// only. The child lives beside the workers: whatever happens to it, nothing changes for them. One that ends unasked
// comes back, by the same back-off and breaker as a worker's place. It outlives reloads.
//
//  State     Meaning                                    Left by
//  --------  -----------------------------------------  --------------------------------------------------------
//  none      there is no process                        wanted, and due -> forking
//  forking   asked for, no pid yet                      Forked -> booting, or leaving; ForkFailed -> none
//  booting   not ready; deadline: boot_timeout          ready -> ready; time -> killed; its end -> none
//  ready     it does its work                           no beat -> aborted; its end -> none
//  retiring  told to leave; deadline: kSidecarLimit     time -> killed; its end -> none
//  aborted   sent ABRT; deadline: kAbortLimit           time -> killed; its end -> none
//  killed    sent KILL                                  its end -> none
//
//  A child that is not wanted, or asks to be replaced, goes to retiring from forking, booting and ready.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/clock.hpp"
#include "master/backoff.hpp"
#include "master/breaker.hpp"
#include "master/children.hpp"
#include "master/event.hpp"

namespace orrery::master {

/// Time it has to leave: what a stop waits for it at most.
inline constexpr base::Nanoseconds kSidecarLimit = std::chrono::seconds{1};

/// As the subject of a sentence: "Worker", "Admin process", "Monitor process".
std::string_view name_of(os::Role role);

class Sidecar {
 public:
  enum class Wish : std::uint8_t {
    kThere,   ///< one shall run
    kAsItIs,  ///< the one that runs may stay; none is started
    kGone,    ///< none shall run
  };

  /// `seed` makes the jitter of the back-off repeatable.
  Sidecar(os::Role role, std::uint64_t seed) : role_(role), jitter_(seed) {}

  void on(const Forked& event, const Plan& plan, base::Monotonic now, Actions& actions);
  void on(const ForkFailed& event, base::Monotonic now, Actions& actions);
  void on(const WorkerReady& event, base::Monotonic now);
  /// Somebody told it to leave: another one takes its place at once.
  void on(const WorkerAskedRecycle& event, base::Monotonic now, Actions& actions);
  void on(const ChildExited& event, base::Monotonic now, Actions& actions);
  /// Its loop has not beaten for `silence`, which is too long.
  void on_silence(base::Nanoseconds silence, base::Monotonic now, Actions& actions);
  void reopen_logs(Actions& actions) const;
  /// A deadline may have come.
  void expire(base::Monotonic now, Actions& actions);
  /// The rule: does what is missing to fulfil `wish`. Harmless to repeat.
  void keep(Wish wish, unsigned generation, base::Monotonic now, Actions& actions);

  [[nodiscard]] os::Role role() const { return role_; }
  /// The present child; none while it is awaited or not wanted.
  [[nodiscard]] const std::optional<Child>& child() const { return child_; }
  [[nodiscard]] bool is(pid_t pid) const { return pid > 0 && child_ && child_->pid == pid; }
  [[nodiscard]] base::Monotonic deadline(base::Monotonic now) const;

 private:
  [[nodiscard]] bool due(base::Monotonic now) const;
  [[nodiscard]] Ending judge(int status) const;
  void start(unsigned generation, Actions& actions);
  void retire(base::Monotonic now, Actions& actions);
  void kill(Ending ending, Actions& actions);
  void lose(const std::string& how, base::Monotonic now, Actions& actions);
  void send(int signo, Actions& actions) const;

  os::Role role_;
  Jitter jitter_;
  Backoff backoff_;
  Breaker breaker_;
  std::optional<Child> child_;
  unsigned last_number_ = 0;
  Wish wish_ = Wish::kAsItIs;
};

}  // namespace orrery::master
