#include "master/order_channel.hpp"

#include <chrono>

#include "base/log.hpp"

namespace orrery::master {

namespace {

constexpr unsigned kOrdersPerSecond = 32;

}  // namespace

std::optional<os::Order> OrderChannel::take(base::Monotonic now) {
  if (now >= next_) {
    left_ = kOrdersPerSecond;
    next_ = now + std::chrono::seconds{1};
  }
  while (fd_ && left_ > 0) {
    const os::OrderArrival arrival = os::take_order(fd_.get());
    if (arrival.what == os::Arrival::kNothing) break;
    if (arrival.what == os::Arrival::kClosed) {
      fd_.reset();
      break;
    }
    if (--left_ == 0)
      base::log_warning("The admin process gives more than {} orders a second: the rest waits", kOrdersPerSecond - 1);
    if (arrival.what == os::Arrival::kMessage) return arrival.order;
  }
  return std::nullopt;
}

void OrderChannel::answer(const AnswerOrder& answer) const {
  if (!fd_) return;
  os::OrderAnswer message;
  message.ticket = answer.ticket;
  message.outcome = answer.outcome;
  message.text = decltype(message.text){answer.text};
  os::send_answer(fd_.get(), message);
}

}  // namespace orrery::master
