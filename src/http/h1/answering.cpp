// How a connection answers a request: whole, refused, or piece by piece. Part of class Connection.
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/characters.hpp"
#include "http/h1/connection.hpp"
#include "http/problem.hpp"
#include "http/sendable.hpp"

namespace orrery::http::h1 {

using base::Monotonic;
using base::Protocol;
using base::Reject;

bool Connection::respond(RequestId id, Response&& response, Monotonic now) {
  if (state_ != State::kHandling || id != requests_) return false;
  write_response(std::move(response), now);
  return true;
}

void Connection::refuse(RequestId id, Reject reason, Monotonic now, std::chrono::seconds retry_after) {
  if (is_current(id)) reject(reason, now, retry_after);
}

void Connection::reject(Reject reason, Monotonic now, std::chrono::seconds retry_after) {
  if (deaf()) return;
  context_.observer.on_rejected(reason, message_ ? message_->client : sender_, message_);
  const int status = base::row(reason).status;
  const bool can_answer =
      status != 0 && message_ && state_ != State::kStreaming && state_ != State::kDiscard && state_ != State::kIdle;
  if (!can_answer) {
    // Without a RST a cut response whose end nothing but the connection's end tells would pass for a whole one.
    if (state_ == State::kStreaming && ends_by_close_) return abandon(now);
    break_off(kClientLeft, now);
    return close(status != 0 ? Linger::kYes : Linger::kNo);
  }
  message_->cancelled.store(true, std::memory_order_release);
  message_->keep_alive = false;
  Response response = problem(status, base::row(reason).sentence, message_->error_accept());
  if (retry_after.count() > 0) response.add_field("Retry-After", std::to_string(retry_after.count()));
  if (message_->id_length == 0) choose_id({});
  const Linger linger = after_answer();
  state_ = State::kHandling;
  write_response(std::move(response), now);
  if (state_ != State::kClosing) close(linger);
  linger_ = linger;
}

/// A client that waits for 100 Continue will most likely send no body once it has another answer.
Connection::Linger Connection::after_answer() const {
  const bool waits = message_->expects_continue && !continue_sent_ && !message_->body_complete;
  return waits && input_.empty() ? Linger::kBriefly : Linger::kYes;
}

bool Connection::may_keep() const {
  const bool waits_for_continue = message_->expects_continue && !continue_sent_ && !message_->body_complete;
  return message_->keep_alive && !draining_ && context_.config.keepalive.count() > 0 && !waits_for_continue &&
         !(ended_ && input_.empty());
}

ConnectionField Connection::settle_connection(const Response& response) {
  keep_ = may_keep();
  const auto wish = response.has_extras() ? response.field("connection") : std::nullopt;
  if (wish) {
    for_each_element(*wish, [&](std::string_view option) { keep_ = keep_ && !equals_ignoring_case(option, "close"); });
  }
  if (!keep_) return ConnectionField::kClose;
  return message_->protocol == Protocol::kHttp10 ? ConnectionField::kKeepAlive : ConnectionField::kNone;
}

Frame Connection::frame_for(const Response& response) {
  Frame frame;
  frame.id = message_->id_view();
  const int status = response.status();
  const bool bodiless = status < 200 || status == 204 || status == 304;
  no_body_ = bodiless || message_->method == "HEAD";
  ends_by_close_ = false;
  if (bodiless) {
    frame.framing = ResponseFraming::kNoBody;
  } else if (!response.is_stream() && state_ != State::kStreaming) {
    frame.length = response.body().size();
  } else if (const auto length = response.stream_length()) {
    frame.length = *length;
  } else if (message_->protocol != Protocol::kHttp10) {
    frame.framing = ResponseFraming::kChunked;
    message_->departure.chunked = true;
  } else {
    frame.framing = ResponseFraming::kUntilClose;
    ends_by_close_ = !no_body_;
    if (!no_body_) message_->keep_alive = false;
  }
  frame.connection = settle_connection(response);
  return frame;
}

void Connection::write_response(Response&& response, Monotonic now) {
  if (!is_sendable(response)) {
    context_.observer.on_unsendable(*message_);
    response = problem(500, message_->error_accept());
  }
  if (response.is_stream()) {
    message_->pull = std::make_shared<Response::Pull>(response.take_pull());
    return begin_stream(std::move(response), now);
  }
  begin_departure(response.status());
  write_head(*output_, response, frame_for(response), context_.date);
  const std::size_t size = no_body_ ? 0 : response.body().size();
  message_->departure.body_bytes = size;
  if (size < Output::kTailSize)
    output_->append(response.body().substr(0, size));
  else if (response.body_outlives())
    output_->set_tail(response.body());
  else
    output_->set_tail(response.take_body());
  if (context_.fields_logged) message_->departure.response = std::move(response);
  answered(now);
}

void Connection::begin_departure(int status) {
  Departure& departure = message_->departure;
  departure.status = status;
  departure.body_bytes = 0;
  departure.chunked = departure.chunks_ended = false;
}

bool Connection::start_stream(RequestId id, Response head, Monotonic now) {
  if (state_ != State::kHandling || id != requests_) return false;
  if (!is_sendable(head)) {
    write_response(std::move(head), now);
    return false;
  }
  begin_stream(std::move(head), now);
  return true;
}

/// The head goes out; the body comes by send_piece().
void Connection::begin_stream(Response head, Monotonic now) {
  state_ = State::kStreaming;
  message_->stream_length = head.stream_length();
  message_->deadline = {};
  pull_out_ = false;
  begin_departure(head.status());
  write_head(*output_, head, frame_for(head), context_.date);
  if (context_.fields_logged) message_->departure.response = std::move(head);
  if (no_body_) finish_stream(now);
}

void Connection::send_piece(RequestId id, std::string_view piece) {
  if (streaming(id)) append_piece(piece);
}

void Connection::append_piece(std::string_view piece) {
  if (no_body_) return;
  Departure& departure = message_->departure;
  if (message_->stream_length) piece = piece.substr(0, *message_->stream_length - departure.body_bytes);
  if (piece.empty()) return;
  departure.body_bytes += piece.size();
  if (!departure.chunked) return output_->append(piece);
  departure.chunks.push_back(piece.size());
  write_chunk(*output_, piece);
}

void Connection::end_stream(RequestId id, Monotonic now) {
  if (streaming(id)) finish_stream(now);
}

void Connection::finish_stream(Monotonic now) {
  Departure& departure = message_->departure;
  if (!no_body_ && message_->stream_length && departure.body_bytes < *message_->stream_length) {
    breaking_ = true;
    return;
  }
  departure.chunks_ended = departure.chunked && !no_body_;
  if (departure.chunks_ended) write_last_chunk(*output_);
  message_->pull.reset();
  answered(now);
}

/// Not before what is written already has had its chance to leave: see next().
void Connection::break_stream(RequestId id) {
  if (streaming(id)) breaking_ = true;
}

void Connection::pulled(RequestId id, std::string_view piece, bool more, Monotonic now) {
  if (!streaming(id)) return;
  pull_out_ = false;
  append_piece(piece);
  if (!more) finish_stream(now);
}

/// The response is written whole, its body too: it departs, and what becomes of the connection.
void Connection::answered(Monotonic now) {
  Message& message = *message_;
  message.departure.answered = now;
  message.departure.ending = keep_ ? base::Ending::kKept : base::Ending::kClosed;
  message.departure.ahead = unsent_ + output_->size();
  const bool has_left = message.departure.ahead == 0;
  enlist(message);
  if (keep_ && !message.body_complete) {
    message.retain();
    discard_body(now);
  } else if (message.body_complete) {
    message_ = nullptr;  // the ring has it
    finish(message.keep_alive && !ended_, now);
  } else {
    const Linger linger = after_answer();
    message_ = nullptr;
    close(linger);
  }
  if (has_left) depart(0, now);
}

void Connection::discard_body(Monotonic now) {
  state_ = State::kDiscard;
  resume_body(now);
  message_->body_discarded = true;
  message_->body.clear();
}

}  // namespace orrery::http::h1
