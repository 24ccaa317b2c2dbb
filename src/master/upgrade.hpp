// Upgrade: what becomes of the new master that USR2 started, as the old master sees it.
//
// Pure and owned by the supervisor, which forwards what happened and leaves when the state is committed. The successor
// runs the binary that lies at the saved path now; it shares the listeners and serves as soon as its workers are ready.
// Until it is committed nothing has changed: ending it brings everything back to where it was.
//
//  State      Meaning                                          Left by
//  ---------  -----------------------------------------------  ----------------------------------------------------
//  none       there is no successor                            begin() -> starting
//  starting   it has to become ready within the limit          ready -> committed, or beside when the mode is manual;
//                                                              failed, time, cancel() -> ending; its end -> none
//  beside     manual: both masters serve                       commit() -> committed; its end -> none
//  ending     told to leave                                    its end -> none; time: KILL
//  committed  the service is the successor's                   never
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <sys/types.h>

#include "base/clock.hpp"
#include "master/event.hpp"

namespace orrery::master {

/// Time a successor that was told to leave has until KILL; its workers then finish as orphans.
inline constexpr base::Nanoseconds kSuccessorLimit = std::chrono::seconds{2};

/// Time a successor has to become ready: what its slowest worker may take, and a little for itself.
base::Nanoseconds upgrade_limit(const Plan& plan);

class Upgrade {
 public:
  enum class State : std::uint8_t { kNone, kStarting, kBeside, kEnding, kCommitted };

  void begin(const Plan& plan, base::Monotonic now, Actions& actions);
  void on(const SuccessorStarted& event, Actions& actions);
  void on(const SuccessorNotStarted& event, Actions& actions);
  void on(const SuccessorSpoke& event, base::Monotonic now, Actions& actions);
  void on(const SuccessorExited& event, Actions& actions);
  /// The deadline may have come.
  void expire(base::Monotonic now, Actions& actions);
  /// This master stops by an order: a successor that is not ready goes with it.
  void cancel(int signo, base::Monotonic now, Actions& actions);
  /// Manual mode: this master was told to leave, the successor stays.
  void commit(Actions& actions);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Why the last one came to nothing.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] base::Monotonic deadline() const { return deadline_; }
  /// A successor is there that is not committed: this master must see its end before its own.
  [[nodiscard]] bool pending() const { return state_ == State::kStarting || state_ == State::kEnding; }
  /// Another master accepts from the same sockets.
  [[nodiscard]] bool shares() const { return state_ == State::kBeside || state_ == State::kCommitted; }

 private:
  void end(int signo, base::Monotonic now, const std::string& why, Actions& actions);
  void say(LogLevel level, std::string text, Actions& actions) const;

  State state_ = State::kNone;
  UpgradeMode mode_ = UpgradeMode::kTransactional;
  pid_t pid_ = 0;
  std::string failure_;
  base::Monotonic deadline_ = base::Monotonic::max();
};

}  // namespace orrery::master
