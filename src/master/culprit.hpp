// Culprit: the request that a worker died of, when that is beyond doubt.
//
// Master only, after the worker was reaped and before its slot is released; reads what the worker left there.
// A request is named only when its handler was running on the very thread that crashed, or held the loop up
// until the master ended the worker. Never guesses: a SIGKILL, a signal that somebody sent, a crash of a
// thread that ran no handler, or several handlers that ran while nothing tells which crashed, name nobody.
#pragma once

#include <optional>

#include "master/death_report.hpp"
#include "master/quarantine.hpp"
#include "os/scoreboard.hpp"

namespace orrery::master {

struct Culprit {
  Quarantine::Suspect request;
  Quarantine::How how = Quarantine::How::kCrashed;
};

std::optional<Culprit> find_culprit(const Death& death, const os::Slot& slot);

}  // namespace orrery::master
