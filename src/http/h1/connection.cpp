#include "http/h1/connection.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

namespace orrery::http::h1 {

using base::Monotonic;
using base::Reject;

namespace {

/// Responses of pipelined requests are gathered up to this size before they are sent.
constexpr std::size_t kFlushAt = 64 * 1024;
/// A connection that has not sent anything may hold up a leaving worker this long: its request may be on its way.
constexpr std::chrono::seconds kSilentWhileDraining{1};
/// The same for one that lingers; and, also while the worker stays, for a body that was announced and that nobody asked
/// for.
constexpr std::chrono::seconds kSilentWhileLingering{1};
constexpr Monotonic kNever = Monotonic::max();

}  // namespace

Connection::Connection(Context& context, DecoderPool& decoders, const base::Address& peer, ProxyProtocol proxy,
                       Monotonic accepted)
    : context_(context), decoders_(decoders), phase_started_(accepted), peer_(peer), sender_(peer), proxy_(proxy) {}

Connection::~Connection() {
  drop_request();
  while (departing_) take_departed()->release();
}

void Connection::receive_beside(std::string_view bytes, Monotonic now) {
  if (deaf()) {
    heard_ = now;
    linger_ = linger_ == Linger::kBriefly ? Linger::kYes : linger_;
    return;
  }
  keep_bytes();
  stored_->erase(0, stored_->size() - input_.size());
  stored_->append(bytes);
  input_ = *stored_;
}

void Connection::keep_bytes() {
  if (request_.message && request_.message->bytes) request_.message->keep_bytes();
  if (departing_) {
    Message* message = departing_;
    do {
      if (message->bytes) message->keep_bytes();
      message = message->departure.next;
    } while (message != departing_);
  }
  if (input_.empty()) {
    stored_.reset();
    return;
  }
  const bool inside = stored_ && input_.data() >= stored_->data() && input_.data() < stored_->data() + stored_->size();
  if (inside) return;
  stored_ = std::make_unique<std::string>(input_);
  input_ = *stored_;
}

void Connection::notice_end() {
  const bool handled = handling() && request_.message->dispatched != Monotonic{};
  if (!handled && !streaming()) return;
  if (context_.config.client_half_close == ClientHalfClose::kWaits || left_) return;
  left_ = true;
  // Of a stream only a broken connection tells that nobody reads it.
  if (streaming() || request_.message->cancelled.load(std::memory_order_relaxed)) return;
  request_.cancel(context_);
  request_.left = true;
}

Next Connection::next(Monotonic now) {
  for (;;) {
    if (breaking_) {
      if (!output_->empty()) return {Step::kFlush};
      abandon(now);
      return {Step::kClose};
    }
    // A client that sends its body before it reads the answer would wait for us as we for it.
    if (blocked() && request_.phase != Phase::kDiscard) return {Step::kWait};
    if (output_->is_due(kFlushAt)) return {Step::kFlush};
    if (state_ != State::kOpen) return next_of_ending();
    Advance advance = Advance::kNeedsMore;
    switch (request_.phase) {
      case Phase::kNone:
        if (input_.empty() && !ended_ && !draining_) return {Step::kWait};
        [[fallthrough]];
      case Phase::kHead: advance = read_head(now); break;
      case Phase::kBody:
      case Phase::kDiscard: advance = read_body(now); break;
      case Phase::kHandling:
        if (request_.message->dispatched == Monotonic{}) {
          request_.message->dispatched = now;
          return {Step::kRequest, request_.id};
        }
        if (request_.left) {
          request_.left = false;
          return {Step::kLeft, request_.id};
        }
        return step_body_wanted(now);
      case Phase::kStreaming:
        if (!output_->empty()) return {Step::kFlush};
        if (request_.message->pull && !request_.pull_out) {
          request_.pull_out = true;
          return {Step::kPull, request_.id};
        }
        return step_body_wanted(now);
    }
    if (advance == Advance::kNeedsMore && state_ != State::kClosing) return {Step::kWait};
  }
}

Next Connection::next_of_ending() {
  if (state_ == State::kHttp2) return {Step::kHttp2};
  if (state_ == State::kLingering) {
    if (!ended_) return {Step::kWait};
    close(Linger::kNo);
    return {Step::kClose};
  }
  const bool lingers = linger_ != Linger::kNo && !ended_ && context_.config.lingering_time.count() > 0;
  return {lingers ? Step::kLinger : Step::kClose};
}

void Connection::finish(bool surprised, Monotonic now) {
  drop_request();
  // A client that did not ask for the end may be sending its next request: it must see this answer, not a reset.
  if (!keep_) return close(surprised || !input_.empty() ? Linger::kYes : Linger::kNo);
  phase_started_ = now;
  empty_lines_ = 0;
}

void Connection::close(Linger linger) {
  drop_request();
  linger_ = linger;
  input_ = {};
  state_ = State::kClosing;
}

void Connection::drop_request() {
  request_.finish();
  if (decoder_) decoders_.give_back(std::move(decoder_));
}

void Connection::enlist(Message& message) {
  Message* const last = std::exchange(departing_, &message);
  message.departure.next = last ? std::exchange(last->departure.next, &message) : &message;
}

/// The first of the ring, which is then no part of it. The caller has its reference.
Message* Connection::take_departed() {
  Message* const first = departing_->departure.next;
  if (first == departing_)
    departing_ = nullptr;
  else
    departing_->departure.next = first->departure.next;
  return first;
}

inline void Connection::report(Message& message, std::uint64_t body_bytes, Monotonic now) {
  Departure& departure = message.departure;
  const Response* const response = context_.fields_logged ? &departure.response : nullptr;
  context_.observer.on_answered(message, {departure.status, body_bytes, response, now, departure.ending});
  if (response) departure.response = {};
  if (departure.chunked) departure.chunks.clear();
}

/// `bytes` more have left: with them, perhaps, the last ones of some answers.
void Connection::depart(std::uint64_t bytes, Monotonic blocked_until) {
  Message* message = departing_;
  if (!message) return;
  do {
    message = message->departure.next;
    message->departure.ahead -= std::min(message->departure.ahead, bytes);
  } while (message != departing_);
  while (departing_ && departing_->departure.next->departure.ahead == 0) {
    Message* const first = take_departed();
    report(*first, first->departure.body_bytes, std::max(first->departure.answered, blocked_until));
    first->release();
  }
}

/// The current request gets no answer, or not the rest of it: the access log hears of it. What is written already may
/// still leave.
void Connection::break_off(int unanswered, Monotonic now) {
  if (!request_.message) return;
  request_.cancel(context_);
  request_.message->over.store(true, std::memory_order_release);
  const bool streaming = request_.phase == Phase::kStreaming;
  const bool whole = request_.phase == Phase::kHandling && request_.message->dispatched != Monotonic{};
  if (!streaming && !whole && request_.phase != Phase::kBody) return;
  if (!streaming) begin_departure(unanswered);
  // All of it may be there, though its handler has not said so.
  const bool whole_stream = streaming && request_.message->stream_length == request_.message->departure.body_bytes;
  request_.message->departure.ending = whole_stream ? base::Ending::kClosed : base::Ending::kCut;
  request_.message->departure.answered = now;
  request_.message->departure.ahead = unsent_ + (output_ ? output_->size() : 0);
  enlist(*std::exchange(request_.message, nullptr));
  depart(0, now);
}

void Connection::abandon(Monotonic now, int unanswered) {
  break_off(unanswered, now);
  while (departing_) {
    Message* const message = take_departed();
    Departure& departure = message->departure;
    departure.ending = base::Ending::kCut;
    report(*message, departure.body_bytes - departure.unsent_body(departure.ahead), now);
    message->release();
  }
  broken_ = true;
  breaking_ = false;
  blocked_.end();
  unsent_ = 0;
  close(Linger::kNo);
}

void Connection::output_sent(std::size_t bytes, std::size_t unsent, Monotonic now) {
  Message* const only = departing_;
  const bool at_once =
      unsent == 0 && !blocked() && only && only->departure.next == only && only->departure.ahead == bytes;
  if (!at_once) return output_sent_in_parts(bytes, unsent, now);
  departing_ = nullptr;
  report(*only, only->departure.body_bytes, only->departure.answered);
  only->release();
}

void Connection::output_sent_in_parts(std::size_t bytes, std::size_t unsent, Monotonic now) {
  const bool was_blocked = blocked();
  unsent_ = unsent;
  blocked_.written(bytes, unsent, now);
  if (request_.phase == Phase::kStreaming) request_.message->departure.forget_sent_chunks(unsent);
  depart(bytes, was_blocked ? now : Monotonic{});
}

void Connection::linger(Monotonic now) {
  state_ = State::kLingering;
  phase_started_ = heard_ = now;
}

Monotonic Connection::deadline() const {
  const Config& config = context_.config;
  if (blocked()) return blocked_.deadline(config);
  switch (state_) {
    case State::kOpen: break;
    case State::kClosing:
    case State::kHttp2: return kNever;
    case State::kLingering: {
      base::Nanoseconds silent = config.lingering_timeout;
      if (draining_ || linger_ == Linger::kBriefly) silent = std::min<base::Nanoseconds>(silent, kSilentWhileLingering);
      return std::min(phase_started_ + config.lingering_time, heard_ + silent);
    }
  }
  switch (request_.phase) {
    case Phase::kNone:
      if (!first_) return phase_started_ + config.keepalive;
      return phase_started_ + (draining_ ? std::min<base::Nanoseconds>(kSilentWhileDraining, config.header_timeout)
                                         : base::Nanoseconds{config.header_timeout});
    case Phase::kHead: return phase_started_ + config.header_timeout;
    default: return request_.deadline(config);
  }
}

void Connection::expire(Monotonic now) {
  if (now < deadline()) return;
  if (blocked()) {
    const Message* const untaken = departing_ ? departing_->departure.next : request_.message;
    context_.observer.on_rejected(Reject::write_timeout, untaken ? untaken->client : sender_, untaken);
    return abandon(now);
  }
  if (state_ == State::kLingering) return close(Linger::kNo);
  if (state_ == State::kClosing) return;
  switch (request_.phase) {
    case Phase::kNone:
      if (first_ && !draining_) context_.observer.on_rejected(Reject::silent_connection, sender_, nullptr);
      return close(Linger::kNo);
    case Phase::kHead: return reject(Reject::header_timeout, now);
    default: return reject(request_.overdue(now), now);
  }
}

void Connection::drain(Monotonic now) {
  draining_ = true;
  if (!idle()) return;
  if (first_)
    phase_started_ = now;
  else
    close(Linger::kNo);
}

bool Connection::close_if_idle() {
  if (!idle() || blocked()) return false;
  close(Linger::kNo);
  return true;
}

std::optional<Connection::Rest> Connection::rest() const {
  if (!idle() || blocked() || ended_) return std::nullopt;
  return Rest{phase_started_, request_.id, sender_, proxy_};
}

void Connection::resume(const Rest& rest) {
  phase_started_ = rest.since;
  request_.id = rest.requests;
  sender_ = rest.sender;
  proxy_ = rest.proxy;
  first_ = request_.id == 0;
}

}  // namespace orrery::http::h1
