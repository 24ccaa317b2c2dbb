#include "http/exchange.hpp"

#include <utility>

namespace orrery::http {

using base::Monotonic;
using base::Reject;

namespace {

/// Responses of pipelined requests are gathered up to this size before they are sent.
constexpr std::size_t kFlushAt = 64 * 1024;
/// A connection that has not sent anything may hold up a leaving worker this long: its request may be on its way.
constexpr std::chrono::seconds kSilentWhileDraining{1};
/// In the access log only: nginx's status for a client that did not wait for its answer.
constexpr int kClientLeft = 499;
constexpr Monotonic kNever = Monotonic::max();

Monotonic later(Monotonic start, std::chrono::milliseconds allowed, std::uint64_t bytes,
                std::size_t min_rate) {
  const double earned = static_cast<double>(bytes) / static_cast<double>(min_rate);
  return start + allowed +
         std::chrono::duration_cast<base::Nanoseconds>(std::chrono::duration<double>(earned));
}

}  // namespace

Exchange::Exchange(Context& context, const base::Address& peer, ProxyProtocol proxy, Monotonic accepted)
    : context_(context), phase_started_(accepted), peer_(peer), sender_(peer), proxy_(proxy) {}

Exchange::~Exchange() { drop_message(); }

void Exchange::receive(std::string_view bytes, Monotonic now) {
  if (state_ == State::kClosing) return;
  if (state_ == State::kIdle && !first_ && input_.empty()) phase_started_ = now;
  if (input_.empty()) {
    input_ = bytes;
    return;
  }
  settle();
  stored_->erase(0, stored_->size() - input_.size());
  stored_->append(bytes);
  input_ = *stored_;
}

void Exchange::settle() {
  if (message_ && message_->bytes) message_->keep_bytes();
  if (input_.empty()) {
    stored_.reset();
    return;
  }
  const bool inside =
      stored_ && input_.data() >= stored_->data() && input_.data() < stored_->data() + stored_->size();
  if (inside) return;
  stored_ = std::make_unique<std::string>(input_);
  input_ = *stored_;
}

Exchange::Step Exchange::next(Monotonic now) {
  for (;;) {
    if (write_started_ != Monotonic{}) return Step::kWait;
    if (!output_->tail().empty() || output_->size() >= kFlushAt) return Step::kFlush;
    Advance advance = Advance::kStuck;
    switch (state_) {
      case State::kIdle:
        if (input_.empty() && !ended_ && !draining_) return Step::kWait;
        [[fallthrough]];
      case State::kHead: advance = read_head(now); break;
      case State::kBody:
      case State::kDiscard: advance = read_body(now); break;
      case State::kHandling:
        if (message_->dispatched == Monotonic{}) {
          message_->dispatched = now;
          return Step::kRequest;
        }
        return step_body_wanted(now);
      case State::kStreaming:
        if (!output_->empty()) return Step::kFlush;
        if (message_->pull && !pull_out_) {
          pull_out_ = true;
          return Step::kPull;
        }
        return step_body_wanted(now);
      case State::kClosing: return linger_ ? Step::kLinger : Step::kClose;
    }
    if (advance == Advance::kStuck && state_ != State::kClosing) return Step::kWait;
  }
}

void Exchange::finish(Monotonic now) {
  // A client that did not ask for the end may be sending its next request: it must see this answer, not a reset.
  const bool surprised = message_->keep_alive && !ended_;
  drop_message();
  if (!keep_) return close(surprised || !input_.empty());
  state_ = State::kIdle;
  phase_started_ = now;
  empty_lines_ = 0;
  body_wanted_ = false;
}

void Exchange::close(bool linger) {
  drop_message();
  linger_ = linger;
  input_ = {};
  state_ = State::kClosing;
}

void Exchange::drop_message() {
  if (message_) std::exchange(message_, nullptr)->release();
}

/// The access log hears of a response that broke off, and of a client that left while a handler was at work.
void Exchange::report_cut_response() {
  const bool left = state_ == State::kHandling && message_->dispatched != Monotonic{};
  if (state_ != State::kStreaming && !left) return;
  context_.observer.on_answered(
      *message_, {left ? kClientLeft : message_->response_status, left ? 0 : sent_body_, nullptr, {}});
}

void Exchange::abandon() {
  report_cut_response();
  if (message_) message_->cancelled.store(true, std::memory_order_release);
  broken_ = true;
  write_started_ = {};
  close(false);
}

void Exchange::output_sent(std::size_t bytes, bool blocked, Monotonic now) {
  if (!blocked) {
    write_started_ = {};
    write_taken_ = 0;
  } else if (write_started_ == Monotonic{}) {
    write_started_ = now;
    write_taken_ = 0;
  } else {
    write_taken_ += bytes;
  }
}

Monotonic Exchange::deadline() const {
  const Config& config = context_.config;
  if (write_started_ != Monotonic{})
    return later(write_started_, config.write_timeout, write_taken_, config.min_rate);
  switch (state_) {
    case State::kIdle:
      if (!first_) return phase_started_ + config.keepalive;
      return phase_started_ + (draining_
                                   ? std::min<base::Nanoseconds>(kSilentWhileDraining, config.header_timeout)
                                   : base::Nanoseconds{config.header_timeout});
    case State::kHead: return phase_started_ + config.header_timeout;
    case State::kBody:
    case State::kDiscard:
      return later(message_->body_started, config.body_timeout, message_->body_received, config.min_rate);
    case State::kHandling:
    case State::kStreaming: {
      const Monotonic body = body_wanted_ ? later(message_->body_started, config.body_timeout,
                                                  message_->body_received, config.min_rate)
                                          : kNever;
      return std::min(body, message_->deadline == Monotonic{} ? kNever : message_->deadline);
    }
    case State::kClosing: return kNever;
  }
  return kNever;
}

void Exchange::expire(Monotonic now) {
  if (now < deadline()) return;
  if (write_started_ != Monotonic{}) {
    context_.observer.on_rejected(Reject::write_timeout, sender_, message_);
    return abandon();
  }
  switch (state_) {
    case State::kIdle:
      if (first_ && !draining_) context_.observer.on_rejected(Reject::silent_connection, sender_, nullptr);
      return close(false);
    case State::kHead: return refuse(Reject::header_timeout, now);
    case State::kBody:
    case State::kDiscard: return refuse(Reject::body_timeout, now);
    case State::kHandling:
    case State::kStreaming:
      return refuse(message_->deadline != Monotonic{} && now >= message_->deadline ? Reject::request_deadline
                                                                                   : Reject::body_timeout,
                    now);
    case State::kClosing: return;
  }
}

void Exchange::drain(Monotonic now) {
  draining_ = true;
  if (state_ != State::kIdle || !input_.empty()) return;
  if (first_)
    phase_started_ = now;
  else
    close(false);
}

bool Exchange::close_if_idle() {
  if (!idle() || blocked()) return false;
  close(false);
  return true;
}

std::optional<Exchange::Rest> Exchange::rest() const {
  if (!idle() || blocked() || ended_) return std::nullopt;
  return Rest{phase_started_, requests_, sender_, proxy_};
}

void Exchange::resume(const Rest& rest) {
  phase_started_ = rest.since;
  requests_ = rest.requests;
  sender_ = rest.sender;
  proxy_ = rest.proxy;
  first_ = requests_ == 0;
}

bool Exchange::wants_input() const {
  if (ended_ || state_ == State::kClosing || blocked()) return false;
  return input_.empty();
}

}  // namespace orrery::http
