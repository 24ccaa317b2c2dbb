// Death report: what a worker was doing when it died, and the taking over of what it left in its slot.
//
// Master only, after the worker was reaped and before its slot is released, so the slot has no writer. Reads
// memory a crashed process wrote: every length is checked, a torn record is counted and skipped.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "base/access_format.hpp"
#include "base/clock.hpp"
#include "master/event.hpp"
#include "os/process.hpp"
#include "os/scoreboard.hpp"

namespace orrery::master {

struct Death {
  unsigned number = 0;
  unsigned generation = 0;
  os::DeadChild child;
  Ending ending = Ending::kCrashed;
  base::Nanoseconds lived{0};
  bool stopped = false;     ///< it stood still by SIGSTOP when it was to be ended
  bool oom_killed = false;  ///< the cgroup's count of OOM kills rose
  os::Role role = os::Role::kWorker;
};

/// The requests that had a handler, as far as they can be read.
struct Flights {
  std::vector<os::RequestRecord> records;
  unsigned torn = 0;
};
Flights read_flights(const os::Slot& slot);
/// Those of them whose requests are neither counted nor logged: their answers are lost.
std::vector<os::RequestRecord> lost_flights(const os::Slot& slot);

/// Neither asked for nor a plain restart: worth a report.
bool is_abnormal(Ending ending);

/// One sentence: who, why as far as the kernel and we know, how long it lived, and for an abnormal death the
/// requests in flight with method, path, id, age and peer, where it crashed, and the last requests it finished.
std::string describe_death(const Death& death, const os::Slot& slot, base::Monotonic now);

/// Counts each request whose answer is lost as one without an answer, in the slot's counters. Returns how many there
/// were.
unsigned count_lost_requests(os::Slot& slot);

/// The lines for the access log that the worker left: its unwritten batch, then one for each request
/// whose answer is lost, with status 504 when it was ended for `timeout` or request_deadline, else 500.
std::string remaining_access_lines(const Death& death, const os::Slot& slot, const base::AccessFormat& format,
                                   base::Monotonic now);

}  // namespace orrery::master
