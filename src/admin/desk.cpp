#include "admin/desk.hpp"

#include <array>
#include <csignal>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "os/signals.hpp"
#include "os/waiting.hpp"

namespace orrery::admin {

namespace {

constexpr std::size_t kMostQuestions = 64;

os::OrderAnswer refusal(std::string_view text) {
  os::OrderAnswer answer;
  answer.outcome = os::OrderOutcome::kRefused;
  answer.text = decltype(answer.text){text};
  return answer;
}

}  // namespace

Desk::~Desk() {
  if (channel_) ::shutdown(channel_.get(), SHUT_RDWR);
  if (reader_.joinable()) reader_.join();
}

void Desk::open() {
  if (!channel_) return;
  last_ticket_ = static_cast<std::uint64_t>(::getpid()) << 32;
  const os::AllSignalsBlocked blocked;  // signals are the loop thread's
  reader_ = std::thread{[this] { read_answers(); }};
}

std::uint64_t Desk::give(os::Order order, bool at_once, Told told) {
  std::string_view obstacle;
  {
    const std::scoped_lock lock(mutex_);
    if (!channel_ || closed_) {
      obstacle = "The master takes no orders from this process.";
    } else if (questions_.size() >= kMostQuestions) {
      obstacle = "Too many orders wait for their outcome.";
    } else {
      order.ticket = ++last_ticket_;
      questions_[order.ticket] = {at_once, false, told};
    }
  }
  if (obstacle.empty() && !os::send_order(channel_.get(), order)) {
    obstacle = "The master does not take this order now: it is busy, or was given too many.";
    forget(order.ticket);
  }
  if (obstacle.empty()) return order.ticket;
  told(refusal(obstacle));
  return 0;
}

bool Desk::begun(std::uint64_t ticket) const {
  const std::scoped_lock lock(mutex_);
  const auto found = questions_.find(ticket);
  return found != questions_.end() && found->second.begun;
}

void Desk::forget(std::uint64_t ticket) {
  const std::scoped_lock lock(mutex_);
  questions_.erase(ticket);
}

void Desk::read_answers() {
  for (;;) {
    if (!os::wait_for_any(std::array{channel_.get()}, base::Monotonic::max())) break;
    const os::AnswerArrival arrival = os::take_answer(channel_.get());
    if (arrival.what == os::Arrival::kClosed) break;
    if (arrival.what == os::Arrival::kMessage) take(arrival.answer);
  }
  close();
}

void Desk::take(const os::OrderAnswer& answer) {
  Told told;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = questions_.find(answer.ticket);
    if (found == questions_.end()) return;
    if (answer.outcome == os::OrderOutcome::kBegun && !found->second.at_once) {
      found->second.begun = true;
      return;
    }
    told = std::move(found->second.told);
    questions_.erase(found);
  }
  told(answer);
}

void Desk::close() {
  std::map<std::uint64_t, Question> open;
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    open.swap(questions_);
  }
  for (const auto& [ticket, question] : open) question.told(refusal("The master is gone."));
}

}  // namespace orrery::admin
