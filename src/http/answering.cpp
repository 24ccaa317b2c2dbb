// How an exchange answers a request: whole, refused, or piece by piece. Part of class Exchange.
#include <utility>

#include "http/characters.hpp"
#include "http/exchange.hpp"
#include "http/problem.hpp"

namespace orrery::http {

using base::Monotonic;
using base::Reject;

bool Exchange::respond(Response&& response, Monotonic now) {
  if (state_ != State::kHandling) return false;
  write_response(std::move(response), now);
  return true;
}

void Exchange::refuse(Reject reason, Monotonic now, std::chrono::seconds retry_after) {
  if (state_ == State::kClosing) return;
  context_.observer.on_rejected(reason, message_ ? message_->client : sender_, message_);
  const int status = base::row(reason).status;
  const bool can_answer = status != 0 && message_ && state_ != State::kStreaming &&
                          state_ != State::kDiscard && state_ != State::kIdle;
  if (!can_answer) {
    report_cut_response();
    if (message_) message_->cancelled.store(true, std::memory_order_release);
    return close(status != 0);
  }
  message_->cancelled.store(true, std::memory_order_release);
  message_->keep_alive = false;
  Response response = problem(status, base::row(reason).sentence, message_->error_accept());
  if (retry_after.count() > 0) response.add_field("Retry-After", std::to_string(retry_after.count()));
  if (message_->id_length == 0) choose_id({});
  state_ = State::kHandling;
  write_response(std::move(response), now);
  if (state_ != State::kClosing) close(true);
  linger_ = true;
}

bool Exchange::may_keep() const {
  const bool waits_for_continue = message_->expects_continue && !continue_sent_ && !message_->body_complete;
  return message_->keep_alive && !draining_ && context_.config.keepalive.count() > 0 && !waits_for_continue &&
         !(ended_ && input_.empty());
}

ConnectionField Exchange::settle_connection(const Response& response) {
  keep_ = may_keep();
  const auto wish = response.has_extras() ? response.field("connection") : std::nullopt;
  if (wish) {
    for_each_element(
        *wish, [&](std::string_view option) { keep_ = keep_ && !equals_ignoring_case(option, "close"); });
  }
  if (!keep_) return ConnectionField::kClose;
  return message_->minor_version == 0 ? ConnectionField::kKeepAlive : ConnectionField::kNone;
}

Frame Exchange::frame_for(const Response& response) {
  Frame frame;
  frame.id = message_->id_view();
  const int status = response.status();
  const bool bodiless = status < 200 || status == 204 || status == 304;
  no_body_ = bodiless || message_->method == "HEAD";
  chunked_ = false;
  if (bodiless) {
    frame.framing = ResponseFraming::kNoBody;
  } else if (!response.is_stream() && state_ != State::kStreaming) {
    frame.length = response.body().size();
  } else if (const auto length = response.stream_length()) {
    frame.length = *length;
  } else if (message_->minor_version > 0) {
    frame.framing = ResponseFraming::kChunked;
    chunked_ = true;
  } else {
    frame.framing = ResponseFraming::kUntilClose;
    if (!no_body_) message_->keep_alive = false;
  }
  frame.connection = settle_connection(response);
  return frame;
}

void Exchange::write_response(Response&& response, Monotonic now) {
  if (!is_sendable(response)) {
    context_.observer.on_unsendable(*message_);
    response = problem(500, message_->error_accept());
  }
  if (response.is_stream()) {
    message_->pull = std::make_shared<Response::Pull>(response.take_pull());
    return begin_stream(response, now);
  }
  write_head(*output_, response, frame_for(response), context_.date);
  const std::size_t size = no_body_ ? 0 : response.body().size();
  sent_body_ = size;
  answered(response.status(), &response, now);
  if (size == 0) return;
  if (size < Output::kTailSize)
    output_->append(response.body());
  else if (response.body_outlives())
    output_->set_tail(response.body());
  else
    output_->set_tail(response.take_body());
}

bool Exchange::start_stream(Response head, Monotonic now) {
  if (state_ != State::kHandling) return false;
  if (!is_sendable(head)) {
    write_response(std::move(head), now);
    return false;
  }
  begin_stream(head, now);
  return true;
}

/// The head goes out; the body comes by send_piece().
void Exchange::begin_stream(const Response& head, Monotonic now) {
  state_ = State::kStreaming;
  sent_body_ = 0;
  message_->stream_length = head.stream_length();
  message_->response_status = head.status();
  message_->deadline = {};
  write_head(*output_, head, frame_for(head), context_.date);
  if (no_body_) end_stream(now);
}

void Exchange::send_piece(std::string_view piece) {
  if (state_ != State::kStreaming || no_body_) return;
  if (message_->stream_length) piece = piece.substr(0, *message_->stream_length - sent_body_);
  sent_body_ += piece.size();
  if (chunked_)
    write_chunk(*output_, piece);
  else
    output_->append(piece);
}

void Exchange::end_stream(Monotonic now) {
  if (state_ != State::kStreaming) return;
  if (!no_body_ && message_->stream_length && sent_body_ < *message_->stream_length) return break_stream();
  if (chunked_ && !no_body_) write_last_chunk(*output_);
  message_->pull.reset();
  answered(message_->response_status, nullptr, now);
}

void Exchange::break_stream() {
  if (state_ == State::kStreaming) abandon();
}

void Exchange::pulled(std::string_view piece, bool more, Monotonic now) {
  pull_out_ = false;
  send_piece(piece);
  if (!more) end_stream(now);
}

/// The response is written whole: what becomes of the connection.
void Exchange::answered(int status, const Response* response, Monotonic now) {
  context_.observer.on_answered(*message_, {status, sent_body_, response, now});
  if (message_->body_complete) return finish(now);
  if (!keep_) return close(true);
  state_ = State::kDiscard;
  resume_body(now);
  message_->body_discarded = true;
  message_->body.clear();
}

}  // namespace orrery::http
