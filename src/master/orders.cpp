// What signals order. Part of class Supervisor: how each one is taken, and how the service stops.
#include <chrono>
#include <csignal>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "master/supervisor.hpp"
#include "os/contract.hpp"

namespace orrery::master {

void Supervisor::handle(const SignalArrived& event) {
  switch (event.signo) {
    case SIGTERM:
    case SIGINT:
    case SIGQUIT: return stop(event.signo);
    case SIGHUP: return reload();
    case SIGTTIN: return add_worker();
    case SIGTTOU: return remove_worker();
    case SIGUSR1: return reopen_logs();
    case SIGWINCH: return retire_everybody();
    case SIGCHLD: return;
    case SIGUSR2: return begin_upgrade();
    default: return note_impossible("a signal the master does not take");
  }
}

bool Supervisor::obeys(std::string_view order) {
  const bool serves = course_.stage() == Stage::kServing;
  if (serves && !tried_) return true;
  say(LogLevel::kWarning,
      fmt::format("{} is ignored: {}", order,
                  serves ? "the old master has the first worker of this one on trial" : "the service is stopping"));
  return false;
}

void Supervisor::reload(const std::optional<os::CanaryTerms>& canary) {
  if (!obeys("HUP")) return;
  if (upgrade_.pending()) return say(LogLevel::kWarning, "HUP is ignored: an upgrade is under way");
  loading_ = next_generation_++;
  loads_canary_ = canary;
  announced_ = false;
  reload_ = {};
  reload_.outcome = os::ServiceFacts::Outcome::kPending;
  reload_.generation = loading_;
  actions_.emplace_back(Announce{Phase::kReloading, generation_, "reloading"});
  actions_.emplace_back(LoadConfig{loading_});
}

void Supervisor::add_worker() {
  if (!obeys("TTIN")) return;
  if (target_ >= os::kMaxWorkers || children_.size() >= os::kMaxWorkers) {
    return say(LogLevel::kWarning,
               fmt::format("TTIN is refused: {} worker processes are the most, and {} run (those that "
                           "drain or replace others count)",
                           os::kMaxWorkers, children_.size()));
  }
  ++target_;
  target_ordered_ = true;
  say(LogLevel::kInfo, fmt::format("The number of workers is now {}", target_), os::EventKind::kScaled);
}

void Supervisor::remove_worker() {
  if (!obeys("TTOU")) return;
  if (target_ <= 1) return say(LogLevel::kWarning, "TTOU is refused: one worker is the least");
  lower_target();
  target_ordered_ = true;
  say(LogLevel::kInfo, fmt::format("The number of workers is now {}", target_), os::EventKind::kScaled);
}

void Supervisor::lower_target() {
  // The oldest leaves, as in gunicorn; places above the target are emptied, so it takes the last one. During
  // a reload all old ones leave anyway, and moving them would take workers away that a rollback needs.
  const unsigned oldest = rolling() ? target_ - 1 : children_.oldest_place(target_);
  --target_;
  children_.swap_places(oldest, target_);
  std::swap(backoffs_[oldest], backoffs_[target_]);
  backoffs_[target_].clear();
}

void Supervisor::retire_everybody() {
  if (!obeys("WINCH")) return;
  if (terminal_) {
    return say(LogLevel::kInfo,
               "WINCH is ignored: this process has a controlling terminal, which sends it when its window changes");
  }
  if (!ever_ready_) return say(LogLevel::kWarning, "WINCH is ignored: the service is starting");
  if (canary_.under_way()) roll_back_canary("WINCH came, and all workers leave");
  target_ = 0;
  say(LogLevel::kWarning, "All workers leave and the master stays: HUP brings them back", os::EventKind::kPaused);
}

void Supervisor::reopen_logs() {
  actions_.emplace_back(ReopenLogs{});
  for (const Child& child : children_) {
    if (child.state <= Child::State::kRetiring) send(child, SIGUSR1);
  }
  for (const Sidecar& sidecar : sidecars_) sidecar.reopen_logs(actions_);
}

void Supervisor::begin_upgrade() {
  if (!obeys("USR2")) return;
  if (const std::string obstacle = upgrade_obstacle(); !obstacle.empty())
    return say(LogLevel::kWarning, fmt::format("USR2 is refused: {}", obstacle));
  upgrade_.begin(plan_, std::nullopt, now_, actions_);
}

std::string Supervisor::upgrade_obstacle() const {
  if (container_) return "this master is PID 1, and its container would end with it; replace the container";
  if (heir_) return "the master that started this one still serves; it must leave first";
  if (upgrade_.state() != Upgrade::State::kNone) return "an upgrade is under way";
  if (!ever_ready_) return "the service is starting";
  if (canary_.under_way()) return "a canary is on trial; try again when it is decided";
  if (loading_ != 0 || rolling()) return "a reload is under way; try again when it is done";
  return {};
}

// No word to the service manager: the service goes on, in other hands.
void Supervisor::leave_to_successor() {
  if (upgrade_.state() == Upgrade::State::kCommitted && serving()) begin_stop(Stage::kStopping, os::kExitOk);
}

void Supervisor::stop(int signo) {
  if (serving() && upgrade_.state() == Upgrade::State::kBeside) return upgrade_.commit(actions_);
  upgrade_.cancel(signo, now_, actions_);
  const Stage next = course_.told_to_stop(signo == SIGTERM, ever_ready_ && plan_.drain_delay.count() > 0);
  if (next != course_.stage()) return go_on_to(next);
  const bool kills = next == Stage::kKilling;
  say(LogLevel::kInfo, kills ? "The signal is ignored: all workers are being killed already"
                             : "TERM is ignored: the service is stopping already");
}

void Supervisor::go_on_to(Stage stage) {
  if (stage == Stage::kLingering) return linger();
  if (stage == Stage::kKilling) return kill_all();
  begin_stop(stage, course_.exit_code());
}

// Load balancers learn that this service goes, and stop choosing it, while it still serves whom they sent.
void Supervisor::linger() {
  if (canary_.under_way()) roll_back_canary("the service stops");
  course_.enter(Stage::kLingering, now_ + plan_.drain_delay);
  announced_ = true;
  loading_ = 0;
  actions_.emplace_back(Announce{Phase::kStopping, generation_, "stopping after drain_delay"});
  say(LogLevel::kInfo,
      fmt::format("Serving goes on for {:.1f} s (drain_delay)",
                  std::chrono::duration<double>(plan_.drain_delay).count()),
      os::EventKind::kStopping);
}

void Supervisor::begin_stop(Stage stage, int code) {
  if (course_.stage() == Stage::kServing && !shares())
    actions_.emplace_back(Announce{Phase::kStopping, generation_, "stopping"});
  if (serving()) actions_.emplace_back(CloseListeners{shares()});
  course_.enter(stage, now_ + (stage == Stage::kStopping ? plan_.graceful_timeout : kQuickLimit));
  course_.end_with(code);
  loading_ = 0;
  canary_.drop();  // its child leaves with all others
  for (Child& child : children_) {
    if (stage == Stage::kStopping && child.live()) retire(child);
    if (stage != Stage::kQuitting || child.state > Child::State::kRetiring) continue;
    child.state = Child::State::kRetiring;
    child.asked = SIGQUIT;
    child.deadline = kNever;
    send(child, SIGQUIT);
  }
}

void Supervisor::kill_all() {
  const bool quick = course_.stage() != Stage::kStopping;
  course_.enter(Stage::kKilling);
  upgrade_.cancel(SIGKILL, now_, actions_);
  for (Child& child : children_) {
    if (child.state == Child::State::kKilled) continue;
    const bool aborted = child.state == Child::State::kAborted;
    kill(child, aborted ? child.ending : quick ? Ending::kQuickStop : Ending::kGraceOver);
  }
}

}  // namespace orrery::master
