#include "topics/hub.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include "base/log.hpp"
#include "base/thrown.hpp"
#include "os/signals.hpp"

namespace orrery::topics {

namespace {

/// Told in one turn of the loop: what else waits comes after the others' turn.
constexpr int kInARow = 256;

}  // namespace

std::uint64_t Hub::add(Heard heard) {
  if (worker_ == nullptr)
    throw std::logic_error("topic `" + name_ + "`: subscribe in a start hook of the worker, or later");
  if (listeners_.empty()) start_thread();
  listeners_.emplace(++last_, Listener{std::make_shared<const Heard>(std::move(heard)), ring_.end()});
  return last_;
}

void Hub::remove(std::uint64_t number) {
  if (listeners_.erase(number) != 0 && listeners_.empty()) stop_thread();
}

void Hub::end() {
  listeners_.clear();
  stop_thread();
  worker_ = nullptr;
}

void Hub::start_thread() {
  position_ = ring_.end();
  over_ = false;
  listens_ = true;
  const os::AllSignalsBlocked blocked;
  thread_ = std::thread{[this, told = position_] { wait_and_tell(told); }};
}

void Hub::stop_thread() {
  if (!thread_.joinable()) return;
  listens_ = false;
  over_ = true;
  ring_.wake();
  thread_.join();
}

void Hub::wait_and_tell(os::MessageRing::Position told) {
  for (;;) {
    const os::MessageRing::Bell bell = ring_.bell();
    if (over_) return;
    const os::MessageRing::Position end = ring_.end();
    if (end == told)
      ring_.wait(bell);
    else
      post_delivery();
    told = end;
  }
}

bool Hub::publish(std::string_view bytes) {
  if (!ring_.publish(bytes)) return false;
  if (listens_) post_delivery();
  return true;
}

// What is posted may come when this hub is over, or gone.
void Hub::post_delivery() {
  Worker* const worker = worker_;
  if (worker == nullptr) return;
  worker->post([hub = weak_from_this()] {
    if (const auto here = hub.lock()) here->deliver();
  });
}

void Hub::deliver() {
  for (int i = 0; i < kInARow; ++i) {
    if (listeners_.empty()) return;
    const auto read = ring_.read(position_);
    if (!read) return;
    tell(*read, position_ - 1);
  }
  post_delivery();
}

// A listener may take itself away, and others, and add some.
void Hub::tell(const os::MessageRing::Read& read, os::MessageRing::Position position) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, listener] : listeners_) numbers.push_back(number);
  for (const std::uint64_t number : numbers) {
    const auto found = listeners_.find(number);
    if (found == listeners_.end() || found->second.from > position) continue;
    const std::uint64_t missed = std::min(read.missed, position - found->second.from);
    const std::shared_ptr<const Heard> heard = found->second.heard;
    try {
      (*heard)({read.message, missed});
    } catch (...) {
      base::log_error("a subscriber of the topic `{}` failed: {}", name_, base::describe_exception());
    }
  }
}

}  // namespace orrery::topics
