// How the master takes what the admin process orders. Part of class Service.
//
// It never waits for that process, and does a bounded amount of work for it each second, whatever comes: the rest waits
// in the channel, and then in the sender. An answer that the other side does not take is lost.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "master/service.hpp"
#include "os/stack.hpp"

namespace orrery::master {

namespace {

constexpr unsigned kOrdersPerSecond = 32;

}  // namespace

void Service::take_orders() {
  const base::Monotonic now = base::monotonic_now();
  if (now >= next_orders_) {
    orders_left_ = kOrdersPerSecond;
    next_orders_ = now + std::chrono::seconds{1};
  }
  while (orders_ && orders_left_ > 0) {
    const os::OrderArrival arrival = os::take_order(orders_.get());
    if (arrival.what == os::Arrival::kNothing) return;
    if (arrival.what == os::Arrival::kClosed) return orders_.reset();
    if (--orders_left_ == 0)
      base::log_warning("The admin process gives more than {} orders a second: the rest waits", kOrdersPerSecond - 1);
    if (arrival.what == os::Arrival::kMessage) obey(arrival.order);
  }
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

void Service::apply(const AnswerOrder& action) {
  if (!orders_) return;
  os::OrderAnswer answer;
  answer.ticket = action.ticket;
  answer.outcome = action.outcome;
  answer.text = decltype(answer.text){action.text};
  os::send_answer(orders_.get(), answer);
}

}  // namespace orrery::master
