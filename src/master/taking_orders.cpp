// How the master takes what the admin process orders. Part of class Service.
#include <algorithm>
#include <atomic>
#include <fmt/core.h>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "master/service.hpp"
#include "os/stack.hpp"

namespace orrery::master {

void Service::take_orders() {
  while (const auto order = orders_.take(base::monotonic_now())) obey(*order);
}

void Service::obey(const os::Order& order) {
  if (order.kind == os::OrderKind::kStack) return ask_for_stack(order);
  const std::string from = order.kind == os::OrderKind::kAutoscale
                               ? std::string{"the admin process, by itself"}
                               : fmt::format("the admin process, for {}", order.from.view());
  base::log_info("Handling order: {} ({})", os::word_for(order.kind), from);
  note(os::EventKind::kOrder, fmt::format("The order {} came", os::word_for(order.kind)), from);
  if (order.kind == os::OrderKind::kLogLevel) return change_log_level(order);
  dispatch(OrderArrived{order.ticket, order.kind, order.argument, order.canary});
}

void Service::change_log_level(const os::Order& order) {
  const bool known = order.argument >= 0 && order.argument <= static_cast<int>(LogLevel::kCritical);
  if (!known) return apply(AnswerOrder{order.ticket, os::OrderOutcome::kRefused, "There is no such level."});
  const auto level = static_cast<LogLevel>(order.argument);
  prepared_.scoreboard.set_log_level(level);
  keep_log_level();
  publish_facts();
  note(os::EventKind::kLogLevel, fmt::format("The log level is {}", base::word_for(level)));
  apply(
      AnswerOrder{order.ticket, os::OrderOutcome::kDone,
                  fmt::format("The master logs from {} on, and each worker within a second.", base::word_for(level))});
}

void Service::keep_log_level() const {
  if (const auto level = prepared_.scoreboard.log_level()) base::set_log_level(*level);
}

// The sample lands in the worker's slot, where the process that asked finds it.
void Service::ask_for_stack(const os::Order& order) {
  const auto refuse = [&](std::string why) {
    apply(AnswerOrder{order.ticket, os::OrderOutcome::kRefused, std::move(why)});
  };
  const auto found = std::ranges::find_if(processes_, [&](const auto& entry) {
    return entry.second.role == os::Role::kWorker && entry.second.number == static_cast<unsigned>(order.argument);
  });
  if (found == processes_.end()) return refuse(fmt::format("There is no worker {}.", order.argument));
  const os::Slot& slot = prepared_.scoreboard.slot(found->second.slot);
  if (slot.heartbeat_ns.load(std::memory_order_relaxed) == 0)
    return refuse(fmt::format("Worker {} has not begun to run.", order.argument));
  const pid_t thread = order.thread != 0 ? order.thread : found->first;
  const bool own = thread == found->first || std::ranges::any_of(slot.threads, [thread](const auto& one) {
                     return one.load(std::memory_order_relaxed) == thread;
                   });
  if (!own || !os::ask_for_stack(found->first, thread))
    return refuse(fmt::format("Worker {} has no thread {}.", order.argument, thread));
  apply(AnswerOrder{order.ticket, os::OrderOutcome::kDone, "It was asked."});
}

}  // namespace orrery::master
