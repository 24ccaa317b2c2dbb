#include <fmt/core.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "master/service.hpp"
#include "os/wait_status.hpp"

namespace orrery::master {

void Service::run_hook(std::string_view setting, std::vector<std::string> variables) {
  const unsigned generation = supervisor_.generation();
  hooks_.run(generations_.at(generation).config, {setting, generation, std::move(variables)}, base::monotonic_now());
}

void Service::tell_of_exit(const Process& process, const os::DeadChild& dead) {
  if (process.role != os::Role::kWorker) return;
  run_hook("child_exit", {fmt::format("ORRERY_WORKER={}", process.number), fmt::format("ORRERY_PID={}", dead.pid),
                          fmt::format("ORRERY_STATUS={}", os::describe_status(dead.status))});
}

// A service that stops means to have none, which is no news.
void Service::tell_of_workers() {
  const unsigned meant = supervisor_.target();
  if (supervisor_.state() != Supervisor::State::kServing || meant == workers_meant_) return;
  const unsigned before = std::exchange(workers_meant_, meant);
  if (before == 0) return;  // the start
  run_hook("nworkers_changed",
           {fmt::format("ORRERY_WORKERS={}", meant), fmt::format("ORRERY_WORKERS_BEFORE={}", before)});
}

}  // namespace orrery::master
