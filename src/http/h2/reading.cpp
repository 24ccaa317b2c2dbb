// How a connection reads requests: heads, bodies, trailers, and what a client may ask for. Part of class Connection.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <nghttp2/nghttp2.h>
#include <optional>
#include <string_view>
#include <utility>

#include "http/h2/connection.hpp"
#include "http/observer.hpp"
#include "http/policy.hpp"

namespace orrery::http::h2 {

using base::Monotonic;
using base::Reject;

namespace {

/// Frames that a head of the largest size may take beyond those that its bytes need.
constexpr std::size_t kSpareContinuations = 8;
constexpr std::size_t kFrameSize = 16384;
/// Bytes of a body that nobody wants which may come behind its answer.
constexpr std::uint64_t kMostReadAway = 16384;
/// Frames without content that a request makes due: PRIORITY, WINDOW_UPDATE and such.
constexpr double kFramesDueForRequest = 4;

}  // namespace

Stream& Connection::begin_request(RequestId id) {
  streams_.push_back(make_stream(id, context_.blocks));
  Stream& stream = *streams_.back();
  stream.request.begin(context_, client_.peer, client_.sender, client_.secure, now_);
  if (client_.tls) stream.request.message->tls = *client_.tls;
  stream.request.message->protocol = base::Protocol::kHttp2;
  stream.request.name(id);
  return stream;
}

void Connection::take_head(Stream& stream, bool ended) {
  RequestState& request = stream.request;
  last_ = stream.id;
  stream.heard_all = ended;
  if (auto reason = understand_head(stream, ended)) return reject(stream, *reason);
  hear_priority(stream);
  if (const auto reason = request.route(context_, now_)) return reject(stream, *reason);
  if (request.message->framing == BodyFraming::kTunnel) expect_web_socket(*request.message);
  make_room(stream);
  std::optional<Response> answer;
  if (request.message->layers) {
    const auto held = request.held_for(context_, now_);
    if (held.count() > 0) return reject(stream, Reject::quarantined, held);
    answer = request.ask_layers(context_, now_);
  }
  if (!answer && !request.has_handler()) answer = request.answer_without_handler();
  if (answer) return write_response(stream, *std::move(answer), now_);
  if (request.phase == Phase::kBody) offer_to_continue(stream);
  wake(stream);
}

/// No other route opens a tunnel: there CONNECT is a method that it does not have, also where it has any other.
void Connection::expect_web_socket(Message& message) {
  if (message.match.kind == RouteMatch::Kind::kFound && !context_.routes[message.match.route].websocket)
    message.match.kind = RouteMatch::Kind::kNoMethod;
}

std::optional<Reject> Connection::understand_head(Stream& stream, bool ended) {
  RequestState& request = stream.request;
  Message& message = *request.message;
  PolicyFindings findings;
  auto reason = head_.finish(findings);
  request.choose_id(context_, client_.sender, message.view(findings.request_id));
  request.choose_trace(context_, client_.sender, message.view(findings.traceparent));
  message.body_complete = ended;
  message.body_started = now_;
  if (findings.content_length) stream.length = message.content_length;
  const bool tunnel = message.framing == BodyFraming::kTunnel;
  if (!ended && !tunnel) message.framing = findings.content_length ? BodyFraming::kLength : BodyFraming::kChunked;
  if (ended) message.expects_continue = false;
  if (reason) return reason;
  if (ended && message.content_length > 0) return Reject::length_mismatch;
  const Forwarding& forwarding = context_.proxies.forwarding;
  if (forwarding.may_concern(findings.name_lengths) && forwarding.trusts(client_.sender))
    return forwarding.apply(message);
  return {};
}

/// The library writes the frames of the most urgent streams first (RFC 9218, 10).
void Connection::hear_priority(Stream& stream) {
  const Head::Priority wish = head_.priority();
  if (wish.urgency == NGHTTP2_EXTPRI_DEFAULT_URGENCY && !wish.incremental) return;
  const nghttp2_extpri priority{wish.urgency, wish.incremental ? 1 : 0};
  nghttp2_session_change_extpri_stream_priority(session_.get(), static_cast<std::int32_t>(stream.id), &priority, 0);
}

void Connection::take_trailers(Stream& stream, bool ended) {
  if (stream.gone) return;
  if (const auto reason = head_.finish_trailers()) return reject(stream, *reason);
  if (!ended) return reject(stream, Reject::bad_frame);
  end_body(stream);
}

/// The bytes are the stream's, or nobody's any more: of an answered or a reset one.
void Connection::take_data(Stream& stream, std::string_view bytes) {
  RequestState& request = stream.request;
  if (stream.gone) return;
  stream.body_heard += bytes.size();
  if (stream.length && stream.body_heard > *stream.length) return reject(stream, Reject::length_mismatch);
  if (stream.answered()) return read_away(stream, bytes.size());
  Message& message = *request.message;
  message.expects_continue = false;  // it did not wait
  message.body_received += bytes.size();
  stream.unconsumed += bytes.size();
  const bool tunnel = message.framing == BodyFraming::kTunnel;
  if (message.body_received > message.body_limit && !tunnel) return reject(stream, Reject::large_body);
  message.body.append(bytes);
  if (request.phase == Phase::kBody) {
    if (!stream.waits_for_room) consume(stream, stream.unconsumed);
    if (request.outgrows_memory(context_)) spool(stream);
  } else if (request.body_wanted) {
    wake(stream);
  }
}

/// Its pieces are taken one by one from now on, also where it had no room for the whole.
void Connection::spool(Stream& stream) {
  if (stream.waits_for_room) stream.request.resume_body(now_);
  stream.waits_for_room = false;
  stream.request.spool(now_);
  wake(stream);
}

/// Of a request that is answered: it must be well formed to its end, and need not come to it. Its client is told to
/// stop (RFC 9113, 8.1) when there is more than most clients send before they have read the answer.
void Connection::read_away(Stream& stream, std::uint64_t bytes) {
  if (stream.read_away_since == Monotonic{}) return;
  stream.read_away += bytes;
  if (stream.read_away > kMostReadAway) stop_client(stream);
}

void Connection::stop_client(Stream& stream) {
  stream.read_away_since = {};
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id), NGHTTP2_NO_ERROR);
}

/// The client has ended its side: its body is here.
void Connection::end_body(Stream& stream) {
  RequestState& request = stream.request;
  stream.heard_all = true;
  if (stream.gone) return;
  if (stream.length && stream.body_heard != *stream.length) return reject(stream, Reject::length_mismatch);
  if (stream.answered()) return;
  Message& message = *request.message;
  message.body_complete = true;
  stream.waits_for_room = false;
  if (request.phase == Phase::kBody) request.begin_handling(context_, now_);
  wake(stream);
}

/// A body that may be larger than what each stream may send: opens its window, or lets it wait for that.
void Connection::make_room(Stream& stream) {
  const Message& message = *stream.request.message;
  // What comes through a tunnel is read as it comes, in pieces of the first window.
  if (message.body_complete || message.framing == BodyFraming::kTunnel) return;
  const std::uint64_t expected = stream.length.value_or(message.body_limit);
  if (expected <= kInitialWindow) return;
  const bool whole = stream.request.phase == Phase::kBody;
  // A body that is read as it comes is never here beyond its window; a whole one beyond that is spooled.
  const std::uint64_t most = whole ? std::max(context_.largest_in_memory(), kLargestWindow) : kLargestWindow;
  const std::uint64_t place = std::min(expected, most);
  const bool waited = stream.waits_for_room;
  if (intake_.reserve(place)) {
    stream.reserved = place;
    stream.waits_for_room = false;
    open_window(stream);
    if (waited) stream.request.resume_body(now_);
  } else if (whole && !waited) {
    // Its time is not its sender's while it waits for others.
    stream.waits_for_room = true;
    stream.request.message->body_paused = now_;
  }
}

void Connection::open_window(Stream& stream) {
  const std::uint64_t size = std::clamp(stream.reserved, kInitialWindow, kLargestWindow);
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id),
                                        static_cast<std::int32_t>(size));
  if (stream.request.phase == Phase::kBody) consume(stream, stream.unconsumed);
}

/// The client may send so many bytes more on this stream.
void Connection::consume(Stream& stream, std::uint64_t bytes) {
  stream.unconsumed -= bytes;
  if (bytes == 0 || stream.heard_all || stream.closed) return;
  nghttp2_session_consume_stream(session_.get(), static_cast<std::int32_t>(stream.id), bytes);
}

void Connection::want_body(RequestId id, Monotonic now) {
  Stream* const stream = handled(id);
  if (!stream || stream->request.body_wanted) return;
  now_ = now;
  stream->request.body_wanted = true;
  stream->watched = true;
  stream->request.resume_body(now);
  offer_to_continue(*stream);
  wake(*stream);
}

/// For a client that waits with its body until it is wanted. Behind the head of a response it would come too late.
void Connection::offer_to_continue(Stream& stream) {
  if (!stream.request.waits_for_continue() || stream.submitted) return;
  stream.request.message->expects_continue = false;
  nghttp2_nv status{};
  std::uint8_t name[] = ":status";
  std::uint8_t value[] = "100";
  status.name = name;
  status.namelen = 7;
  status.value = value;
  status.valuelen = 3;
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id), nullptr, &status, 1,
                         nullptr);
}

void Connection::end_spooling(RequestId id, Monotonic now) {
  if (Stream* const stream = handled(id)) stream->request.end_spooling(context_, now);
}

BodyRead Connection::take_body_piece(RequestId id) {
  Stream* const stream = handled(id);
  if (!stream) return {{}, true, true};
  Message& message = *stream->request.message;
  const bool in_pieces = message.framing == BodyFraming::kTunnel || message.body_spooled ||
                         context_.routes[message.match.route].options.stream_body;
  if (!in_pieces) return {message.body, message.body_complete, false};
  consume(*stream, stream->unconsumed);
  return {std::exchange(message.body, {}), message.body_complete, false};
}

/// Both sides are done with it, or one has reset it.
void Connection::on_stream_closed(RequestId id, std::uint32_t) {
  Stream* const stream = find(id);
  if (!stream) return;
  stream->closed = true;
  if (stream->request.message && !stream->gone) {
    stream->gone = true;
    RequestState& request = stream->request;
    const bool waits = request.phase == Phase::kHandling && request.message->dispatched != Monotonic{};
    if (waits && !request.message->cancelled.load(std::memory_order_relaxed)) {
      request.cancel(context_);
      request.message->over.store(true, std::memory_order_release);
      request.left = true;
    }
  }
  if (stream->request.message || stream->watched) return wake(*stream);
  forget(id);
}

void Connection::find_fault(Reject reason, std::uint32_t error) {
  fault_ = reason;
  fault_error_ = error;
}

void Connection::on_reset(RequestId id) {
  const Stream* const stream = find(id);
  if (!stream || stream->gone || !stream->request.message) return;
  if (!resets_.spend(now_)) find_fault(Reject::rapid_reset, NGHTTP2_ENHANCE_YOUR_CALM);
}

void Connection::judge_stream(const FrameHead& frame, bool ends) {
  if (frame.stream % 2 == 0) return;  // nghttp2 knows what to say of those
  switch (said_.on_frame(frame.stream, frame.type == NGHTTP2_HEADERS, ends)) {
    case Heard::Verdict::kFine: return;
    case Heard::Verdict::kNeverOpened: return find_fault(Reject::bad_frame, NGHTTP2_PROTOCOL_ERROR);
    case Heard::Verdict::kEnded: return find_fault(Reject::bad_frame, NGHTTP2_STREAM_CLOSED);
  }
}

/// Whether the client may send a frame, here and so often.
bool Connection::is_tolerable(const FrameHead& frame) {
  const bool ends = (frame.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  bool idle = false;
  switch (frame.type) {
    case NGHTTP2_DATA:
      // The library resets the stream only.
      if (frame.padded() && frame.lead >= frame.length) find_fault(Reject::bad_frame, NGHTTP2_PROTOCOL_ERROR);
      judge_stream(frame, ends);
      idle = frame.length == 0 && !ends;
      break;
    case NGHTTP2_HEADERS:
      judge_stream(frame, ends);
      frames_.earn(kFramesDueForRequest);
      continuations_ = 0;
      break;
    case NGHTTP2_RST_STREAM: said_.on_reset(frame.stream); break;
    case NGHTTP2_CONTINUATION: {
      const std::size_t most = context_.config.limit_request_head / kFrameSize + kSpareContinuations;
      if (++continuations_ > most) find_fault(Reject::continuation_flood, NGHTTP2_ENHANCE_YOUR_CALM);
      break;
    }
    case NGHTTP2_PRIORITY:
      // The library does not look at these any more.
      if (frame.stream == 0 || frame.lead == frame.stream) find_fault(Reject::bad_frame, NGHTTP2_PROTOCOL_ERROR);
      idle = true;
      break;
    default: idle = true; break;
  }
  if (idle && !frames_.spend(now_) && !fault_) find_fault(Reject::frame_flood, NGHTTP2_ENHANCE_YOUR_CALM);
  return !fault_;
}

}  // namespace orrery::http::h2
