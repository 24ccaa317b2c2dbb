// Course: how far the service is on its way from its start to its end, and where a stop leads from there.
//
// Pure, and owned by the supervisor, which does what a stage asks for when it enters it. Never goes back. A stage that
// has a limit says when it is over.
//
//  Stage      Workers                         Left by
//  ---------  ------------------------------  ----------------------------------------------------------
//  idle       none                            start -> serving
//  serving    kept                            TERM -> lingering, or stopping; INT, QUIT -> quitting
//  lingering  kept; drain_delay runs          time, TERM -> stopping; INT, QUIT -> quitting
//  stopping   TERM; graceful_timeout runs     INT, QUIT -> quitting; time -> killing
//  quitting   QUIT; kQuickLimit runs          INT, QUIT, time -> killing
//  killing    KILL                            -
//  ended      none                            never
//
//  Stopping, quitting and killing are left for ended when no child is left. What is fatal leads to stopping or
//  quitting.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace orrery::master {

class Course {
 public:
  enum class Stage : std::uint8_t { kIdle, kServing, kLingering, kStopping, kQuitting, kKilling, kEnded };

  [[nodiscard]] Stage stage() const { return stage_; }
  /// Workers are kept: no stop has begun, but perhaps its drain_delay.
  [[nodiscard]] bool serving() const { return stage_ == Stage::kServing || stage_ == Stage::kLingering; }
  /// Children leave, and the end comes with the last one.
  [[nodiscard]] bool leaving() const { return stage_ >= Stage::kStopping && stage_ != Stage::kEnded; }
  [[nodiscard]] base::Monotonic deadline() const { return deadline_; }
  [[nodiscard]] int exit_code() const { return exit_code_; }

  /// Where TERM (`graceful`), INT or QUIT leads; the present stage when it changes nothing. `lingers`: there is a
  /// drain_delay.
  [[nodiscard]] Stage told_to_stop(bool graceful, bool lingers) const;
  /// Where it leads that the deadline has come.
  [[nodiscard]] Stage run_out() const { return stage_ == Stage::kLingering ? Stage::kStopping : Stage::kKilling; }
  /// `until`: its limit.
  void enter(Stage stage, base::Monotonic until = base::Monotonic::max());
  void end_with(int exit_code) { exit_code_ = exit_code; }

 private:
  Stage stage_ = Stage::kIdle;
  base::Monotonic deadline_ = base::Monotonic::max();
  int exit_code_ = 0;
};

}  // namespace orrery::master
