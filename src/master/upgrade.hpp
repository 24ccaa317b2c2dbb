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
//                                                              its canary is ready -> tried;
//                                                              failed, time, cancel() -> ending; its end -> none
//  tried      its one worker is compared with those of this    promoted -> starting, for its other workers;
//             master (Trial)                                   rolled back, failed, cancel() -> ending; its end -> none
//  beside     manual: both masters serve                       commit() -> committed; its end -> none
//  ending     told to leave                                    its end -> none; time: KILL
//  committed  the service is the successor's                   never
//
//  Where a canary is ordered, a successor that does not begin with one is ended: an older binary does not know the
//  word.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

#include "base/clock.hpp"
#include "master/event.hpp"
#include "master/trial.hpp"

namespace orrery::master {

/// Time a successor that was told to leave has until KILL; its workers then finish as orphans.
inline constexpr base::Nanoseconds kSuccessorLimit = std::chrono::seconds{2};

/// Time a successor has to become ready: what its slowest worker may take, and a little for itself.
base::Nanoseconds upgrade_limit(const Plan& plan);

class Upgrade {
 public:
  enum class State : std::uint8_t { kNone, kStarting, kTried, kBeside, kEnding, kCommitted };

  /// `canary`: the successor shall begin with one, on these terms; what they leave unsaid is as its settings say.
  void begin(const Plan& plan, const std::optional<os::CanaryTerms>& canary, base::Monotonic now, Actions& actions);
  void on(const SuccessorStarted& event, Actions& actions);
  void on(const SuccessorNotStarted& event, Actions& actions);
  void on(const SuccessorIntroduced& event, base::Monotonic now, Actions& actions);
  void on(const SuccessorTried& event, base::Monotonic now, Actions& actions);
  void on(const CanaryRead& event, base::Monotonic now, Actions& actions);
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
  /// It came to nothing before anything was tried.
  [[nodiscard]] bool refused() const { return refused_; }
  /// ": the canary answered ..." after one was promoted; else empty.
  [[nodiscard]] const std::string& praise() const { return praise_; }
  [[nodiscard]] std::uint64_t promoted() const { return promoted_; }
  [[nodiscard]] std::uint64_t rolled_back() const { return rolled_back_; }
  [[nodiscard]] base::Monotonic deadline() const { return deadline_; }
  /// A successor is there that is not committed: this master must see its end before its own.
  [[nodiscard]] bool pending() const {
    return state_ == State::kStarting || state_ == State::kTried || state_ == State::kEnding;
  }
  /// Another master accepts from the same sockets.
  [[nodiscard]] bool shares() const { return state_ == State::kBeside || state_ == State::kCommitted; }

 private:
  void follow(const CanaryFinding& finding, base::Monotonic now, Actions& actions);
  void refuse(base::Monotonic now, Actions& actions);
  void end(int signo, base::Monotonic now, const std::string& why, Actions& actions);
  void say(LogLevel level, std::string text, Actions& actions, os::EventKind kind = os::EventKind::kUpgrade) const;

  State state_ = State::kNone;
  UpgradeMode mode_ = UpgradeMode::kTransactional;
  pid_t pid_ = 0;
  std::string failure_;
  bool refused_ = false;
  std::optional<os::CanaryTerms> ordered_;  ///< of the canary, until it is promoted
  std::optional<Trial> trial_;              ///< when the successor has said its terms
  std::string praise_;
  std::uint64_t promoted_ = 0, rolled_back_ = 0;
  base::Nanoseconds limit_{0};  ///< for its workers to become ready
  base::Monotonic deadline_ = base::Monotonic::max();
};

}  // namespace orrery::master
