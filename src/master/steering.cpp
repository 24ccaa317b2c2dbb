// What the admin process orders. Part of class Supervisor: how each order is taken, and when its outcome is known.
//
// An order changes the same wishes as a signal does. What became of it is read from the picture after each event, as
// reconcile() reads what is to be done: so it is told whatever else happens meanwhile, and in whatever order.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counted.hpp"
#include "master/supervisor.hpp"

namespace orrery::master {

namespace {

using os::OrderKind;
using os::OrderOutcome;

/// More than the admin process has questions open at once.
constexpr std::size_t kMostPending = 64;

constexpr const char* kCrashLoop =
    "Workers die as soon as they are replaced (crash loop): it goes on trying, one replacement at a time; see /deaths.";

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text.empty() || text.back() == '.' ? text : text + '.';
}

}  // namespace

void Supervisor::handle(const OrderArrived& order) {
  if (course_ != Course::kServing && order.kind != OrderKind::kStop)
    return refuse(order.ticket, "The service is stopping.");
  if (pending_.size() >= kMostPending) return refuse(order.ticket, "Too many orders wait for their outcome.");
  switch (order.kind) {
    case OrderKind::kReload:
      return obey_reload(order.ticket, order.argument == 1 ? std::optional{order.canary} : std::nullopt);
    case OrderKind::kUpgrade: return obey_upgrade(order.ticket);
    case OrderKind::kScale: return obey_scale(order.ticket, order.argument);
    case OrderKind::kAutoscale: return obey_autoscale(order.ticket, order.argument);
    case OrderKind::kRestart: return obey_restart(order.ticket, order.argument);
    case OrderKind::kDrain: return obey_drain(order.ticket, true);
    case OrderKind::kUndrain: return obey_drain(order.ticket, false);
    case OrderKind::kStop: return obey_stop(order.ticket);
    case OrderKind::kLogLevel:
    case OrderKind::kStack: break;
  }
  refuse(order.ticket, "This is no order about the workers.");
}

void Supervisor::obey_reload(std::uint64_t ticket, const std::optional<os::CanaryTerms>& canary) {
  if (upgrade_.pending()) return refuse(ticket, "An upgrade is under way.");
  if (canary) {
    if (const std::string obstacle = trial_obstacle(); !obstacle.empty()) return refuse(ticket, sentence(obstacle));
  }
  reload(canary);
  pend({ticket, OrderKind::kReload, loading_}, fmt::format("The configuration is read as generation {}.", loading_));
}

void Supervisor::obey_upgrade(std::uint64_t ticket) {
  if (const std::string obstacle = upgrade_obstacle(); !obstacle.empty()) return refuse(ticket, sentence(obstacle));
  upgrade_.begin(plan_, now_, actions_);
  pend({ticket, OrderKind::kUpgrade}, "The new master is being started.");
}

void Supervisor::obey_scale(std::uint64_t ticket, int workers) {
  if (workers < 1 || workers > static_cast<int>(os::kMaxWorkers))
    return refuse(ticket, fmt::format("The number of workers is 1 to {}.", os::kMaxWorkers));
  const auto wanted = static_cast<unsigned>(workers);
  if (change_target(ticket, wanted, "")) target_ordered_ = true;
}

void Supervisor::obey_autoscale(std::uint64_t ticket, int workers) {
  if (plan_.autoscale != Autoscale::kOn) return refuse(ticket, "The setting `autoscale` is not on.");
  if (const std::string obstacle = autoscale_obstacle(); !obstacle.empty()) return refuse(ticket, sentence(obstacle));
  const int least = static_cast<int>(plan_.workers_min), most = static_cast<int>(plan_.workers_max);
  change_target(ticket, static_cast<unsigned>(std::clamp(workers, least, most)), ", by autoscale");
}

// A person's number is not to be taken back behind that person, and what is under way has a number of its own.
std::string Supervisor::autoscale_obstacle() const {
  if (course_ != Course::kServing) return "the service stops";
  if (!ever_ready_) return "the service is starting";
  if (target_ == 0) return "the service is paused";
  if (target_ordered_) return "the number of workers was ordered, which holds until the next reload";
  if (loading_ != 0 || rolling() || trial_) return "a reload is under way";
  if (shares() || upgrade_.pending()) return "an upgrade is under way";
  if (drained_) return "the service is drained";
  if (breaker_.open()) return "workers die as soon as they are replaced (crash loop)";
  return {};
}

bool Supervisor::change_target(std::uint64_t ticket, unsigned wanted, std::string_view by) {
  if (wanted > target_ && children_.size() + (wanted - target_) > os::kMaxWorkers) {
    refuse(ticket, fmt::format("{} worker processes are the most, and {} run (those that drain or replace others "
                               "count).",
                               os::kMaxWorkers, children_.size()));
    return false;
  }
  if (wanted != target_)
    say(LogLevel::kInfo, fmt::format("The number of workers is now {} (it was {}){}", wanted, target_, by),
        os::EventKind::kScaled);
  while (target_ > wanted) lower_target();
  target_ = wanted;
  pend({ticket, OrderKind::kScale, wanted}, fmt::format("{} shall run.", base::counted(wanted, "worker")));
  return true;
}

void Supervisor::obey_restart(std::uint64_t ticket, int number) {
  Pending order{ticket, OrderKind::kRestart};
  for (Child& child : children_) {
    if (!child.ready() || (number != 0 && child.number != static_cast<unsigned>(number))) continue;
    order.workers.push_back(child.number);
    if (std::exchange(child.spent, true)) continue;
    say(LogLevel::kInfo,
        fmt::format("Worker {} (pid {}) is restarted by order: it leaves when its replacement is ready", child.number,
                    child.pid));
  }
  if (!order.workers.empty()) return pend(std::move(order), "It leaves as soon as its replacement is ready.");
  if (number == 0) return refuse(ticket, "No worker is ready that could be replaced.");
  const bool there = number > 0 && children_.with_number(static_cast<unsigned>(number)) != nullptr;
  refuse(ticket, there ? fmt::format("Worker {} is not ready: it starts, or leaves already.", number)
                       : fmt::format("There is no worker {}.", number));
}

void Supervisor::obey_drain(std::uint64_t ticket, bool drained) {
  const bool was = std::exchange(drained_, drained);
  std::string text = drained ? "The service is drained: /readyz says 503, and each response ends its connection."
                             : "The service is not drained any more: /readyz tells how it is.";
  if (was == drained) {
    text = drained ? "The service is drained already." : "The service is not drained.";
  } else {
    say(LogLevel::kWarning, text.substr(0, text.size() - 1),
        drained ? os::EventKind::kDrained : os::EventKind::kUndrained);
  }
  actions_.emplace_back(AnswerOrder{ticket, OrderOutcome::kDone, std::move(text)});
}

void Supervisor::obey_stop(std::uint64_t ticket) {
  if (course_ == Course::kServing) stop(SIGTERM);
  pend({ticket, OrderKind::kStop}, "The service stops: it finishes what is in flight.");
}

void Supervisor::refuse(std::uint64_t ticket, std::string why) {
  actions_.emplace_back(AnswerOrder{ticket, OrderOutcome::kRefused, std::move(why)});
}

void Supervisor::pend(Pending order, std::string text) {
  actions_.emplace_back(AnswerOrder{order.ticket, OrderOutcome::kBegun, std::move(text)});
  pending_.push_back(std::move(order));
}

void Supervisor::settle_orders() {
  std::erase_if(pending_, [this](const Pending& order) {
    auto verdict = verdict_on(order);
    if (!verdict) return false;
    actions_.emplace_back(AnswerOrder{order.ticket, verdict->outcome, std::move(verdict->text)});
    return true;
  });
}

std::optional<Supervisor::Verdict> Supervisor::verdict_on(const Pending& order) const {
  if (order.kind == OrderKind::kStop) return verdict_on_stop();
  if (order.kind == OrderKind::kUpgrade) return verdict_on_upgrade();
  if (course_ != Course::kServing) return Verdict{OrderOutcome::kFailed, "The service stops before it was done."};
  switch (order.kind) {
    case OrderKind::kReload: return verdict_on_reload(order.number);
    case OrderKind::kScale: return verdict_on_scale(order.number);
    default: return verdict_on_restart(order.workers);
  }
}

std::optional<Supervisor::Verdict> Supervisor::verdict_on_reload(unsigned generation) const {
  using Outcome = os::ServiceFacts::Outcome;
  if (settled_generation_ == generation) {
    const bool praised = praised_ == generation;
    return Verdict{OrderOutcome::kDone,
                   fmt::format("Generation {} is ready with {}{}{}.", generation, base::counted(target_, "worker"),
                               praised ? ": " : "", praised ? praise_ : "")};
  }
  const bool on_trial = trial_ && trial_->generation == generation;
  if (on_trial || loading_ == generation || generation_ == generation) return std::nullopt;
  const bool told = reload_.generation == generation;
  if (told && reload_.outcome == Outcome::kRefused)
    return Verdict{OrderOutcome::kRefused, fmt::format("Reload refused, nothing changed: {}", reload_.why.view())};
  if (told && reload_.outcome == Outcome::kGivenUp) {
    return Verdict{OrderOutcome::kFailed, fmt::format("Generation {} is given up, generation {} stays: {}", generation,
                                                      settled_generation_, reload_.why.view())};
  }
  return Verdict{OrderOutcome::kFailed, "Another reload took its place."};
}

std::optional<Supervisor::Verdict> Supervisor::verdict_on_upgrade() const {
  switch (upgrade_.state()) {
    case Upgrade::State::kStarting:
    case Upgrade::State::kEnding: return std::nullopt;
    case Upgrade::State::kBeside:
      return Verdict{OrderOutcome::kDone, fmt::format("The new master (pid {}) is ready and both serve (upgrade is "
                                                      "`manual`): TERM to this one ends the upgrade.",
                                                      upgrade_.pid())};
    case Upgrade::State::kCommitted:
      return Verdict{OrderOutcome::kDone,
                     fmt::format("The new master (pid {}) has taken over; this one leaves.", upgrade_.pid())};
    case Upgrade::State::kNone: break;
  }
  return Verdict{OrderOutcome::kFailed, sentence("The upgrade is given up, nothing changed: " + upgrade_.failure())};
}

std::optional<Supervisor::Verdict> Supervisor::verdict_on_scale(unsigned workers) const {
  if (target_ != workers)
    return Verdict{OrderOutcome::kFailed, fmt::format("The number of workers was changed again, to {}.", target_)};
  if (all_places_ready())
    return Verdict{OrderOutcome::kDone, fmt::format("{} ready.", base::counted(workers, "worker is", "workers are"))};
  if (breaker_.open()) return Verdict{OrderOutcome::kFailed, kCrashLoop};
  return std::nullopt;
}

std::optional<Supervisor::Verdict> Supervisor::verdict_on_restart(const std::vector<unsigned>& workers) const {
  const bool waits = std::ranges::any_of(children_, [&](const Child& child) {
    return child.live() && std::ranges::find(workers, child.number) != workers.end();
  });
  if (!waits && all_places_ready()) {
    return Verdict{OrderOutcome::kDone, workers.size() == 1 ? fmt::format("Worker {} is replaced.", workers[0])
                                                            : fmt::format("{} workers are replaced.", workers.size())};
  }
  if (breaker_.open()) return Verdict{OrderOutcome::kFailed, kCrashLoop};
  return std::nullopt;
}

std::optional<Supervisor::Verdict> Supervisor::verdict_on_stop() const {
  if (upgrade_.state() == Upgrade::State::kCommitted)
    return Verdict{OrderOutcome::kDone,
                   fmt::format("The service is the new master's (pid {}); this one leaves.", upgrade_.pid())};
  if (serving() || !children_.empty()) return std::nullopt;
  return Verdict{OrderOutcome::kDone, "All workers have left, and the master leaves."};
}

bool Supervisor::all_places_ready() const {
  for (unsigned place = 0; place < target_; ++place) {
    if (!children_.has_ready(place)) return false;
  }
  return true;
}

}  // namespace orrery::master
