#include "master/pending_orders.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "base/counted.hpp"

namespace orrery::master {

namespace {

using os::OrderKind;
using os::OrderOutcome;
using Picture = PendingOrders::Picture;

constexpr std::size_t kMostPending = 64;

constexpr const char* kCrashLoop =
    "Workers die as soon as they are replaced (crash loop): it goes on trying, one replacement at a time; see /deaths.";

struct Verdict {
  OrderOutcome outcome = OrderOutcome::kDone;
  std::string text;
};

std::optional<Verdict> verdict_on_reload(unsigned generation, const Picture& now) {
  using Outcome = os::ServiceFacts::Outcome;
  if (now.settled_generation == generation) {
    return Verdict{OrderOutcome::kDone,
                   fmt::format("Generation {} is ready with {}{}.", generation, base::counted(now.target, "worker"),
                               now.canary.praise_of(generation))};
  }
  const bool on_trial = now.canary.under_way() && now.canary.generation() == generation;
  if (on_trial || now.loading == generation || now.generation == generation) return std::nullopt;
  const bool told = now.reload.generation == generation;
  if (told && now.reload.outcome == Outcome::kRefused)
    return Verdict{OrderOutcome::kRefused, fmt::format("Reload refused, nothing changed: {}", now.reload.why.view())};
  if (told && now.reload.outcome == Outcome::kGivenUp) {
    return Verdict{OrderOutcome::kFailed, fmt::format("Generation {} is given up, generation {} stays: {}", generation,
                                                      now.settled_generation, now.reload.why.view())};
  }
  return Verdict{OrderOutcome::kFailed, "Another reload took its place."};
}

std::optional<Verdict> verdict_on_upgrade(const Upgrade& upgrade) {
  switch (upgrade.state()) {
    case Upgrade::State::kStarting:
    case Upgrade::State::kTried:
    case Upgrade::State::kEnding: return std::nullopt;
    case Upgrade::State::kBeside:
      return Verdict{OrderOutcome::kDone, fmt::format("The new master (pid {}) is ready and both serve (upgrade is "
                                                      "`manual`): TERM to this one ends the upgrade{}.",
                                                      upgrade.pid(), upgrade.praise())};
    case Upgrade::State::kCommitted:
      return Verdict{OrderOutcome::kDone, fmt::format("The new master (pid {}) has taken over; this one leaves{}.",
                                                      upgrade.pid(), upgrade.praise())};
    case Upgrade::State::kNone: break;
  }
  if (upgrade.refused())
    return Verdict{OrderOutcome::kRefused, sentence("Upgrade refused, nothing changed: " + upgrade.failure())};
  return Verdict{OrderOutcome::kFailed, sentence("The upgrade is given up, nothing changed: " + upgrade.failure())};
}

std::optional<Verdict> verdict_on_scale(unsigned workers, const Picture& now) {
  if (now.target != workers)
    return Verdict{OrderOutcome::kFailed, fmt::format("The number of workers was changed again, to {}.", now.target)};
  if (now.children.all_ready(now.target))
    return Verdict{OrderOutcome::kDone, fmt::format("{} ready.", base::counted(workers, "worker is", "workers are"))};
  if (now.crash_loop) return Verdict{OrderOutcome::kFailed, kCrashLoop};
  return std::nullopt;
}

std::optional<Verdict> verdict_on_restart(const std::vector<unsigned>& workers, const Picture& now) {
  const bool waits = std::ranges::any_of(now.children, [&](const Child& child) {
    return child.live() && std::ranges::find(workers, child.number) != workers.end();
  });
  if (!waits && now.children.all_ready(now.target)) {
    return Verdict{OrderOutcome::kDone, workers.size() == 1 ? fmt::format("Worker {} is replaced.", workers[0])
                                                            : fmt::format("{} workers are replaced.", workers.size())};
  }
  if (now.crash_loop) return Verdict{OrderOutcome::kFailed, kCrashLoop};
  return std::nullopt;
}

std::optional<Verdict> verdict_on_stop(const Picture& now) {
  if (now.upgrade.state() == Upgrade::State::kCommitted)
    return Verdict{OrderOutcome::kDone,
                   fmt::format("The service is the new master's (pid {}); this one leaves.", now.upgrade.pid())};
  if (now.course.serving() || !now.children.empty()) return std::nullopt;
  return Verdict{OrderOutcome::kDone, "All workers have left, and the master leaves."};
}

std::optional<Verdict> verdict_on(const PendingOrders::Order& order, const Picture& now) {
  if (order.kind == OrderKind::kStop) return verdict_on_stop(now);
  if (order.kind == OrderKind::kUpgrade) return verdict_on_upgrade(now.upgrade);
  if (now.course.stage() != Course::Stage::kServing)
    return Verdict{OrderOutcome::kFailed, "The service stops before it was done."};
  switch (order.kind) {
    case OrderKind::kReload: return verdict_on_reload(order.number, now);
    case OrderKind::kScale: return verdict_on_scale(order.number, now);
    default: return verdict_on_restart(order.workers, now);
  }
}

}  // namespace

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text.empty() || text.back() == '.' ? text : text + '.';
}

bool PendingOrders::full() const { return orders_.size() >= kMostPending; }

void PendingOrders::add(Order order, std::string text, Actions& actions) {
  actions.emplace_back(AnswerOrder{order.ticket, OrderOutcome::kBegun, std::move(text)});
  orders_.push_back(std::move(order));
}

void PendingOrders::settle(const Picture& picture, Actions& actions) {
  std::erase_if(orders_, [&](const Order& order) {
    auto verdict = verdict_on(order, picture);
    if (!verdict) return false;
    actions.emplace_back(AnswerOrder{order.ticket, verdict->outcome, std::move(verdict->text)});
    return true;
  });
}

}  // namespace orrery::master
