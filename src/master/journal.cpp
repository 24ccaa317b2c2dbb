// What the service writes into the journal, and into the ring of deaths. Part of class Service.
#include <cstdint>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <sys/wait.h>

#include "master/death_report.hpp"
#include "master/service.hpp"
#include "master/sidecar.hpp"
#include "os/signals.hpp"
#include "os/wait_status.hpp"

namespace orrery::master {

namespace {

std::int64_t unix_now() { return base::wall_now().time_since_epoch().count(); }

/// "signal 11 (SIGSEGV)", "exit code 3".
std::string cause_of(int status) {
  if (!WIFSIGNALED(status)) return os::describe_status(status);
  return fmt::format("signal {} ({})", WTERMSIG(status), os::signal_name(WTERMSIG(status)));
}

}  // namespace

void Service::note(os::EventKind kind, std::string_view text, std::string_view sender) {
  prepared_.scoreboard.events().add([&](os::LifeEvent& event) {
    event.time_ns = unix_now();
    event.kind = kind;
    event.text = decltype(event.text){text};
    event.sender = decltype(event.sender){sender};
  });
}

void Service::note_ready(const Process& process, pid_t pid) {
  note(os::EventKind::kWorkerReady, fmt::format("{} {} (pid {}) is ready", name_of(process.role), process.number, pid));
}

void Service::note_death(const Process& process, Ending ending, std::string_view report) {
  note(is_abnormal(ending) ? os::EventKind::kWorkerDied : os::EventKind::kWorkerEnded, report);
  if (ending == Ending::kAsked || process.role != os::Role::kWorker) return;
  prepared_.scoreboard.deaths().add([&](os::DeathNote& death) {
    death.time_ns = unix_now();
    death.number = process.number;
    death.generation = process.generation;
    death.pid = process.dead.pid;
    death.ending = ending;
    death.cause = decltype(death.cause){cause_of(process.dead.status)};
    death.text = decltype(death.text){report};
  });
}

}  // namespace orrery::master
