// What a canary and its siblings answer: read from the scoreboard, or told by the new master whose first worker it is.
// Part of class Service.
#include "master/canary.hpp"
#include "master/service.hpp"
#include "os/scoreboard.hpp"

namespace orrery::master {

void Service::read_canary() {
  const auto slot_of = [this](const Process& process) -> const os::Slot& {
    return prepared_.scoreboard.slot(process.slot);
  };
  if (const auto tried = processes_.find(supervisor_.tried()); tried != processes_.end())
    return prepared_.predecessor.answered(tally_of(slot_of(tried->second)));
  const pid_t canary = supervisor_.canary();
  tallies_.begin(canary);
  if (canary == 0) return;
  if (canary == successor_.pid() && successor_.tally()) tallies_.look(canary, true, *successor_.tally());
  for (const auto& [pid, process] : processes_) {
    const bool compared = pid == canary || process.generation == supervisor_.generation();
    if (process.role != os::Role::kWorker || !compared) continue;
    tallies_.look(pid, pid == canary, tally_of(slot_of(process)));
  }
  dispatch(CanaryRead{canary, tallies_.of(true), tallies_.of(false)});
}

}  // namespace orrery::master
