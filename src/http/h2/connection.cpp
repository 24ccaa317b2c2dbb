#include "http/h2/connection.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <nghttp2/nghttp2.h>
#include <utility>

#include "base/check.hpp"
#include "http/observer.hpp"

namespace orrery::http::h2 {

using base::Monotonic;
using base::Reject;

namespace {

/// Frames are gathered up to this size before they are sent.
constexpr std::size_t kFlushAt = 64 * 1024;
/// Bytes of a response that is pulled which wait for the client's window.
constexpr std::uint64_t kPullAhead = 64 * 1024;
/// Frames of nghttp2's own (acknowledgements, resets) that may wait while the client takes nothing.
constexpr std::size_t kMostWaitingFrames = 64;

/// A page with some hundred pictures is cancelled at once; nobody does that many times a second.
constexpr double kResetBurst = 500;
constexpr double kResetsPerSecond = 50;
constexpr double kFrameBurst = 1000;
constexpr double kFramesPerSecond = 200;

}  // namespace

Connection::Connection(Context& context, const Client& client, Monotonic now)
    : context_(context),
      client_(client),
      session_(context.blocks),
      frame_heads_(NGHTTP2_CLIENT_MAGIC_LEN),
      head_(context.config, has_web_sockets(context)),
      intake_(std::min(context.config.limit_request_body, context.largest_in_memory())),
      frames_(kFrameBurst, kFramesPerSecond, now),
      resets_(kResetBurst, kResetsPerSecond, now),
      now_(now),
      phase_started_(now) {
  introduce();
}

Connection::~Connection() {
  // What it frees must not call back.
  session_.close();
  for (Message* const message : departing_) message->release();
}

/// Its place; the end of them when it is not there.
Connection::Streams::const_iterator Connection::place_of(RequestId id) const {
  const auto at = std::lower_bound(streams_.begin(), streams_.end(), id,
                                   [](const auto& stream, RequestId wanted) { return stream->id < wanted; });
  return at != streams_.end() && (*at)->id == id ? at : streams_.end();
}

Stream* Connection::find(RequestId id) const {
  const auto at = place_of(id);
  return at == streams_.end() ? nullptr : at->get();
}

/// One that a handler may still say something to.
Stream* Connection::handled(RequestId id) const {
  Stream* const stream = find(id);
  return stream && stream->request.is(id) && stream->request.message && !stream->gone ? stream : nullptr;
}

Message* Connection::message(RequestId id) const {
  const Stream* const stream = find(id);
  return stream && stream->request.is(id) ? stream->request.message : nullptr;
}

void Connection::wake(Stream& stream) {
  if (stream.queued) return;
  stream.queued = true;
  ready_.push_back(stream.id);
}

void Connection::forget(RequestId id) {
  const auto at = place_of(id);
  if (at == streams_.end()) return;
  const std::uint64_t reserved = (*at)->reserved;
  intake_.release(reserved);
  const bool made_room = reserved > 0;
  streams_.erase(at);
  if (streams_.empty()) phase_started_ = now_;
  if (!made_room) return;
  for (const auto& waiting : streams_)
    if (waiting->waits_for_room) make_room(*waiting);
}

// --- in ---

void Connection::receive(std::string_view bytes, Monotonic now) {
  if (deaf()) {
    heard_ = now;
    return;
  }
  now_ = now;
  quiet_ = false;
  const std::size_t good = frame_heads_.look(bytes, [this](const FrameHead& frame) { return is_tolerable(frame); });
  const std::optional<Reject> fault = std::exchange(fault_, std::nullopt);
  const auto* const first = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const ssize_t read = nghttp2_session_mem_recv(session_.get(), first, good);
  if (read < 0) return fail(static_cast<int>(read));
  if (fault) give_up(*fault, fault_error_);
}

void Connection::receive_end() {
  ended_ = true;
  notice_end();
  for (const auto& stream : streams_) {
    if (stream->heard_all || stream->gone) continue;
    if (stream->read_away_since != Monotonic{}) stop_client(*stream);
    if (!stream->answered()) reject(*stream, Reject::truncated_request);
  }
}

void Connection::notice_end() {
  if (context_.config.client_half_close == ClientHalfClose::kWaits || left_) return;
  for (const auto& stream : streams_) {
    RequestState& request = stream->request;
    if (request.phase != Phase::kHandling || request.message->dispatched == Monotonic{}) continue;
    left_ = true;
    if (request.message->cancelled.load(std::memory_order_relaxed)) continue;
    request.cancel(context_);
    request.left = true;
    wake(*stream);
  }
}

/// nghttp2 cannot go on.
void Connection::fail(int error) {
  if (fault_) return give_up(*fault_, fault_error_);
  if (error == NGHTTP2_ERR_NOMEM || no_memory_) throw std::bad_alloc();
  if (error == NGHTTP2_ERR_FLOODED) return give_up(Reject::frame_flood, NGHTTP2_ENHANCE_YOUR_CALM);
  give_up(Reject::bad_frame, NGHTTP2_PROTOCOL_ERROR);
}

void Connection::tell_fault(Reject reason) {
  if (!std::exchange(told_fault_, true)) context_.observer.on_rejected(reason, client_.sender, nullptr);
}

void Connection::give_up(Reject reason, std::uint32_t error) {
  tell_fault(reason);
  output_->append(goaway(error));
  close(Linger::kYes);
}

// --- steps ---

Next Connection::next(Monotonic now) {
  now_ = now;
  for (;;) {
    if (broken_) return {Step::kClose};
    if (state_ != State::kOpen && ready_.empty()) return next_of_ending();
    if (const Next step = next_of_ready(); step.step != Step::kWait) return step;
    if (state_ != State::kOpen) continue;
    if (blocked()) return {Step::kWait};
    if (output_->size() >= kFlushAt) return {Step::kFlush};
    write_frames();
    if (state_ != State::kOpen) continue;
    if (over()) {
      close(linger_);
      continue;
    }
    if (ready_.empty()) return {output_->size() >= kFlushAt ? Step::kFlush : Step::kWait};
  }
}

Next Connection::next_of_ending() const {
  if (state_ == State::kLingering) return {ended_ ? Step::kClose : Step::kWait};
  const bool lingers = linger_ != Linger::kNo && !ended_ && context_.config.lingering_time.count() > 0;
  return {lingers ? Step::kLinger : Step::kClose};
}

/// Each stream in its turn: one that always has a step does not keep the others waiting.
Next Connection::next_of_ready() {
  while (!ready_.empty()) {
    const RequestId id = ready_.front();
    ready_.erase(ready_.begin());
    Stream* const stream = find(id);
    if (!stream) continue;
    stream->queued = false;
    const Next step = next_of(*stream);
    if (step.step == Step::kWait) continue;
    if (Stream* const again = find(id)) wake(*again);
    return step;
  }
  return {};
}

Next Connection::next_of(Stream& stream) {
  if (stream.gone || stream.closed) return next_of_gone(stream);
  RequestState& request = stream.request;
  if (request.phase != Phase::kHandling && request.phase != Phase::kStreaming) return {};
  if (request.phase == Phase::kHandling && request.message->dispatched == Monotonic{}) {
    request.message->dispatched = now_;
    return {Step::kRequest, stream.id};
  }
  if (request.left) {
    request.left = false;
    return {Step::kLeft, stream.id};
  }
  const bool pulls = request.phase == Phase::kStreaming && request.message->pull && !request.pull_out;
  if (pulls && !blocked() && stream.out.size() < kPullAhead) {
    request.pull_out = true;
    return {Step::kPull, stream.id};
  }
  if (!request.body_wanted || (!request.message->body_complete && request.message->body.empty())) return {};
  request.body_wanted = false;
  request.message->body_paused = now_;
  return {Step::kBody, stream.id};
}

Next Connection::next_of_gone(Stream& stream) {
  if (stream.request.message && stream.request.left) {
    stream.request.left = false;
    return {Step::kLeft, stream.id};
  }
  break_off(stream, kClientLeft);
  if (stream.watched) {
    stream.watched = false;
    return {Step::kOver, stream.id};
  }
  if (stream.closed) forget(stream.id);
  return {};
}

void Connection::write_frames() {
  const int result = nghttp2_session_send(session_.get());
  if (result < 0) fail(result);
}

/// GOAWAY was told or heard, and nothing is left to be done; or there is no client to go on with.
bool Connection::over() const {
  if (!streams_.empty()) return told_fault_ && !nghttp2_session_want_read(session_.get());
  if (ended_) return true;
  return !nghttp2_session_want_read(session_.get()) && !nghttp2_session_want_write(session_.get());
}

void Connection::close(Linger linger) {
  for (const auto& stream : streams_) {
    break_off(*stream, kClientLeft);
    stream->gone = true;
    if (stream->watched) wake(*stream);
  }
  linger_ = told_fault_ ? Linger::kYes : linger;
  state_ = State::kClosing;
}

// --- what leaves ---

void Connection::report(Message& message, std::uint64_t body_bytes, Monotonic now) {
  Departure& departure = message.departure;
  const Response* const response = context_.fields_logged ? &departure.response : nullptr;
  context_.observer.on_answered(message, {departure.status, body_bytes, response, now, departure.ending});
  if (response) departure.response = {};
}

/// The first of them. The caller has its reference.
Message& Connection::take_departed() {
  Message& first = *departing_.front();
  departing_.erase(departing_.begin());
  return first;
}

/// `bytes` more have left: with them, perhaps, the last ones of some answers.
void Connection::depart(std::uint64_t bytes, Monotonic blocked_until) {
  sent_ += bytes;
  while (!departing_.empty() && departing_.front()->departure.ahead <= sent_) {
    Message& first = take_departed();
    report(first, first.departure.body_bytes, std::max(first.departure.answered, blocked_until));
    first.release();
  }
}

void Connection::output_sent(std::size_t bytes, std::size_t unsent, Monotonic now) {
  now_ = now;
  const bool was_blocked = blocked();
  unsent_ = unsent;
  blocked_.written(bytes, unsent, now);
  depart(bytes, was_blocked ? now : Monotonic{});
  if (!was_blocked || unsent > 0) return;
  for (const auto& stream : streams_)
    if (stream->request.phase == Phase::kStreaming) wake(*stream);
}

/// Its request gets no answer, or not the rest of it: the access log hears of it. What stands in frames may still
/// leave.
void Connection::break_off(Stream& stream, int unanswered) {
  RequestState& request = stream.request;
  if (!request.message) return;
  const bool answering = stream.answering();
  if (!answering) {
    request.cancel(context_);
    request.message->over.store(true, std::memory_order_release);
  }
  const bool streaming = request.phase == Phase::kStreaming;
  const bool whole = request.phase == Phase::kHandling && request.message->dispatched != Monotonic{};
  if (!answering && !streaming && !whole && request.phase != Phase::kBody) return request.finish();
  if (!answering && !streaming) begin_departure(stream, unanswered);
  Departure& departure = request.message->departure;
  departure.body_bytes = stream.body_sent;
  departure.ending = base::Ending::kCut;
  departure.answered = now_;
  departure.ahead = written();
  departing_.push_back(std::exchange(request.message, nullptr));
  request.phase = Phase::kNone;
  stream.out.clear();
  depart(0, now_);
}

void Connection::abandon(Monotonic now, int unanswered) {
  now_ = now;
  for (std::size_t i = 0; i < streams_.size(); ++i) break_off(*streams_[i], unanswered);
  while (!departing_.empty()) {
    Message& message = take_departed();
    Departure& departure = message.departure;
    departure.ending = base::Ending::kCut;
    report(message, departure.body_bytes - std::min(departure.body_bytes, departure.ahead - sent_), now);
    message.release();
  }
  broken_ = true;
  blocked_.end();
  unsent_ = 0;
  linger_ = Linger::kNo;
  state_ = State::kClosing;
}

// --- state ---

bool Connection::wants_input() const {
  if (ended_ || broken_) return false;
  if (deaf()) return linger_ != Linger::kNo;
  return !blocked() || nghttp2_session_get_outbound_queue_size(session_.get()) < kMostWaitingFrames;
}

std::uint64_t Connection::behind(RequestId id) const {
  const Stream* const stream = find(id);
  return stream ? stream->out.size() : 0;
}

bool Connection::handling() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const auto& stream) { return stream->request.phase == Phase::kHandling; });
}

bool Connection::streaming() const {
  return std::any_of(streams_.begin(), streams_.end(), [](const auto& stream) {
    return stream->request.phase == Phase::kStreaming || stream->answering();
  });
}

bool Connection::streaming(RequestId id) const {
  const Stream* const stream = handled(id);
  return stream && stream->request.phase == Phase::kStreaming;
}

}  // namespace orrery::http::h2
