// What the admin process orders. Part of class Supervisor: how each order is taken.
//
// An order changes the same wishes as a signal does; PendingOrders tells what became of it.
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

using os::OrderKind;
using os::OrderOutcome;

void Supervisor::handle(const OrderArrived& order) {
  if (course_.stage() != Stage::kServing && order.kind != OrderKind::kStop)
    return refuse(order.ticket, "The service is stopping.");
  if (tried_ && order.kind != OrderKind::kStop)
    return refuse(order.ticket, "The old master has the first worker of this one on trial.");
  if (pending_.full()) return refuse(order.ticket, "Too many orders wait for their outcome.");
  const auto canary = order.argument == 1 ? std::optional{order.canary} : std::nullopt;
  switch (order.kind) {
    case OrderKind::kReload: return obey_reload(order.ticket, canary);
    case OrderKind::kUpgrade: return obey_upgrade(order.ticket, canary);
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

void Supervisor::obey_upgrade(std::uint64_t ticket, const std::optional<os::CanaryTerms>& canary) {
  std::string obstacle = upgrade_obstacle();
  if (obstacle.empty() && canary) obstacle = canary_obstacle(canary_chances(), "upgrade");
  if (!obstacle.empty()) return refuse(ticket, sentence(std::move(obstacle)));
  upgrade_.begin(plan_, canary, now_, actions_);
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
  if (course_.stage() != Stage::kServing) return "the service stops";
  if (!ever_ready_) return "the service is starting";
  if (target_ == 0) return "the service is paused";
  if (target_ordered_) return "the number of workers was ordered, which holds until the next reload";
  if (loading_ != 0 || rolling() || canary_.under_way()) return "a reload is under way";
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
  PendingOrders::Order order{ticket, OrderKind::kRestart};
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
  if (course_.stage() == Stage::kServing) stop(SIGTERM);
  pend({ticket, OrderKind::kStop}, "The service stops: it finishes what is in flight.");
}

void Supervisor::refuse(std::uint64_t ticket, std::string why) {
  actions_.emplace_back(AnswerOrder{ticket, OrderOutcome::kRefused, std::move(why)});
}

void Supervisor::pend(PendingOrders::Order order, std::string text) {
  pending_.add(std::move(order), std::move(text), actions_);
}

void Supervisor::settle_orders() {
  pending_.settle({children_, upgrade_, canary_, reload_, course_, breaker_.open(), target_, generation_,
                   settled_generation_, loading_},
                  actions_);
}

}  // namespace orrery::master
