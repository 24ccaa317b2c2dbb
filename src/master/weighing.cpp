// What a canary and its siblings answer, read from the scoreboard. Part of class Service.
#include "master/canary.hpp"
#include "master/service.hpp"
#include "os/scoreboard.hpp"

namespace orrery::master {

void Service::read_canary() {
  const pid_t canary = supervisor_.canary();
  tallies_.begin(canary);
  if (canary == 0) return;
  for (const auto& [pid, process] : processes_) {
    const bool compared = pid == canary || process.generation == supervisor_.generation();
    if (process.role != os::Role::kWorker || !compared) continue;
    tallies_.look(pid, pid == canary, tally_of(prepared_.scoreboard.slot(process.slot)));
  }
  dispatch(CanaryRead{canary, tallies_.of(true), tallies_.of(false)});
}

}  // namespace orrery::master
