// How a connection answers a request: whole, refused, or piece by piece. Part of class Connection.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/characters.hpp"
#include "http/error_answer.hpp"
#include "http/h1/connection.hpp"
#include "http/sendable.hpp"
#include "http/trailers.hpp"

namespace orrery::http::h1 {

using base::Monotonic;
using base::Protocol;
using base::Reject;

[[gnu::flatten]] bool Connection::respond(RequestId id, Response&& response, Monotonic now) {
  if (request_.phase != Phase::kHandling || id != request_.id) return false;
  write_response(std::move(response), now);
  return true;
}

void Connection::refuse(RequestId id, Reject reason, Monotonic now, std::chrono::seconds retry_after) {
  if (request_.is(id)) reject(reason, now, retry_after);
}

void Connection::reject(Reject reason, Monotonic now, std::chrono::seconds retry_after) {
  if (deaf()) return;
  context_.observer.on_rejected(reason, request_.message ? request_.message->client : sender_, request_.message);
  const int status = base::row(reason).status;
  const bool can_answer = status != 0 && request_.message && request_.phase != Phase::kStreaming &&
                          request_.phase != Phase::kDiscard && request_.phase != Phase::kNone;
  if (!can_answer) {
    // Without a RST a cut response whose end nothing but the connection's end tells would pass for a whole one.
    if (request_.phase == Phase::kStreaming && ends_by_close_) return abandon(now);
    break_off(kClientLeft, now);
    return close(status != 0 ? Linger::kYes : Linger::kNo);
  }
  request_.cancel(context_);
  request_.message->over.store(true, std::memory_order_release);
  request_.message->keep_alive = false;
  Response response = error_answer(*request_.message, status, base::row(reason).name, base::row(reason).sentence);
  if (retry_after.count() > 0) response.add_field("Retry-After", std::to_string(retry_after.count()));
  if (request_.message->id_length == 0) request_.choose_id(context_, sender_, {});
  const Linger linger = after_answer();
  request_.phase = Phase::kHandling;
  write_response(std::move(response), now);
  if (state_ != State::kClosing) close(linger);
  linger_ = linger;
}

/// A client that waits for 100 Continue will most likely send no body once it has another answer.
Connection::Linger Connection::after_answer() const {
  return request_.waits_for_continue() && input_.empty() ? Linger::kBriefly : Linger::kYes;
}

bool Connection::may_keep() const {
  return request_.message->keep_alive && !draining_ && !context_.closing->load(std::memory_order_relaxed) &&
         context_.config.keepalive.count() > 0 && !request_.waits_for_continue() && !(ended_ && input_.empty());
}

ConnectionField Connection::settle_connection(const Response& response) {
  keep_ = may_keep();
  const auto wish = response.has_extras() ? response.field("connection") : std::nullopt;
  if (wish) {
    for_each_element(*wish, [&](std::string_view option) { keep_ = keep_ && !equals_ignoring_case(option, "close"); });
  }
  if (!keep_) return ConnectionField::kClose;
  return request_.message->protocol == Protocol::kHttp10 ? ConnectionField::kKeepAlive : ConnectionField::kNone;
}

Frame Connection::frame_for(const Response& response) {
  Frame frame;
  if (!context_.config.hide_request_id) frame.id = request_.message->id_view();
  frame.names_server = !context_.config.hide_server;
  const int status = response.status();
  const bool bodiless = status < 200 || status == 204 || status == 304;
  request_.no_body = bodiless || request_.message->method == "HEAD";
  ends_by_close_ = false;
  if (bodiless) {
    frame.framing = ResponseFraming::kNoBody;
  } else if (!response.is_stream() && request_.phase != Phase::kStreaming) {
    frame.length = response.body_length();
  } else if (const auto length = response.stream_length()) {
    frame.length = *length;
  } else if (request_.message->protocol != Protocol::kHttp10) {
    frame.framing = ResponseFraming::kChunked;
    request_.message->departure.chunked = true;
  } else {
    frame.framing = ResponseFraming::kUntilClose;
    ends_by_close_ = !request_.no_body;
    if (!request_.no_body) request_.message->keep_alive = false;
  }
  frame.connection = settle_connection(response);
  if (status == 426) frame.upgrade = response.field("upgrade").value_or(std::string_view{});
  return frame;
}

inline void Connection::write_body(Response& response, std::uint64_t size) {
  if (size > 0 && response.file_part()) return output_->set_tail(response.take_file_part());
  if (size < Output::kTailSize)
    output_->append(response.body().substr(0, size));
  else if (response.body_outlives())
    output_->set_tail(response.body());
  else
    output_->set_tail(response.take_body());
}

void Connection::write_response(Response&& response, Monotonic now) {
  if (request_.message->layers)
    request_.pass_layers(context_, response, now);
  else if (!is_sendable(response))
    response = answer_unsendable(*request_.message, response, context_.observer);
  write_sendable(std::move(response), now);
}

void Connection::write_sendable(Response&& response, Monotonic now) {
  if (response.is_stream()) {
    request_.message->pull = std::make_shared<PulledBody>(response);
    return begin_stream(std::move(response), now);
  }
  begin_departure(response.status());
  write_head(*output_, response, frame_for(response), context_.date);
  const std::uint64_t size = request_.no_body ? 0 : response.body_length();
  request_.message->departure.body_bytes = size;
  write_body(response, size);
  if (context_.fields_logged) request_.message->departure.response = std::move(response);
  answered(now);
}

void Connection::begin_departure(int status) {
  request_.message->answered = true;
  if (request_.message->on_cancelled) request_.leave_callback(context_, false);
  Departure& departure = request_.message->departure;
  departure.status = status;
  departure.body_bytes = 0;
  departure.chunked = false;
  departure.end_bytes = 0;
}

void Connection::send_early_hints(RequestId id, const std::vector<std::string>& links) {
  if (request_.phase != Phase::kHandling || id != request_.id) return;
  if (request_.message->protocol != Protocol::kHttp10) write_early_hints(*output_, links);
}

bool Connection::start_stream(RequestId id, Response head, Monotonic now) {
  if (request_.phase != Phase::kHandling || id != request_.id) return false;
  if (!is_sendable(head)) {
    write_response(std::move(head), now);
    return false;
  }
  const bool passed = request_.pass_layers(context_, head, now);
  if (passed)
    begin_stream(std::move(head), now);
  else
    write_sendable(std::move(head), now);
  return passed;
}

/// The head goes out; the body comes by send_piece().
void Connection::begin_stream(Response head, Monotonic now) {
  request_.phase = Phase::kStreaming;
  request_.message->stream_length = head.stream_length();
  request_.message->deadline = {};
  request_.message->departure.trailers.clear();
  // A body that is not chunked has no place for them.
  if (request_.message->protocol != Protocol::kHttp10 && !head.stream_length()) announce_trailers(head);
  begin_departure(head.status());
  write_head(*output_, head, frame_for(head), context_.date);
  if (context_.fields_logged) request_.message->departure.response = std::move(head);
  if (request_.no_body) finish_stream(now);
}

bool Connection::start_tunnel(RequestId id, Response head, Monotonic now) {
  if (request_.phase != Phase::kHandling || id != request_.id) return false;
  // For the layers it is what the handler answers: 101 is no final answer.
  const int status = head.status();
  if (!request_.pass_layers(context_, head, now) || head.status() != status) {
    write_sendable(std::move(head), now);
    return false;
  }
  Response switched = std::move(head).with_status(101);
  Message& message = *request_.message;
  message.framing = BodyFraming::kTunnel;
  message.body_complete = message.keep_alive = false;
  message.deadline = {};
  message.stream_length.reset();
  request_.phase = Phase::kStreaming;
  request_.no_body = keep_ = ends_by_close_ = false;
  begin_departure(101);
  Frame frame;
  frame.framing = ResponseFraming::kNoBody;
  if (!context_.config.hide_request_id) frame.id = message.id_view();
  frame.names_server = !context_.config.hide_server;
  frame.upgrade = switched.field("upgrade").value_or(std::string_view{});
  write_head(*output_, switched, frame, context_.date);
  if (context_.fields_logged) message.departure.response = std::move(switched);
  decoders_.give_back(std::move(decoder_));
  return true;
}

void Connection::send_piece(RequestId id, std::string_view piece) {
  if (streaming(id)) append_piece(piece);
}

void Connection::append_piece(std::string_view piece) {
  if (request_.no_body) return;
  Departure& departure = request_.message->departure;
  if (request_.message->stream_length) piece = piece.substr(0, *request_.message->stream_length - departure.body_bytes);
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
  Departure& departure = request_.message->departure;
  if (!request_.no_body && request_.message->stream_length && departure.body_bytes < *request_.message->stream_length) {
    breaking_ = true;
    return;
  }
  if (departure.chunked && !request_.no_body) {
    const std::size_t before = output_->size();
    write_last_chunk(*output_, departure.trailers);
    departure.end_bytes = static_cast<std::uint32_t>(output_->size() - before);
  }
  request_.message->pull.reset();
  answered(now);
}

/// Not before what is written already has had its chance to leave: see next().
void Connection::break_stream(RequestId id) {
  if (streaming(id)) breaking_ = true;
}

void Connection::pulled(RequestId id, std::string_view piece, bool more, Monotonic now) {
  if (!streaming(id)) return;
  request_.pull_out = false;
  append_piece(piece);
  if (!more) finish_stream(now);
}

/// The response is written whole, its body too: it departs, and what becomes of the connection.
void Connection::answered(Monotonic now) {
  Message& message = *request_.message;
  message.departure.answered = now;
  message.departure.ending = keep_ ? base::Ending::kKept : base::Ending::kClosed;
  message.departure.ahead = unsent_ + output_->size();
  const bool has_left = message.departure.ahead == 0;
  enlist(message);
  if (keep_ && !message.body_complete) {
    message.retain();
    request_.discard_body(now);
  } else if (message.body_complete) {
    request_.message = nullptr;  // the ring has it
    finish(message.keep_alive && !ended_, now);
  } else {
    const Linger linger = after_answer();
    request_.message = nullptr;
    close(linger);
  }
  if (has_left) depart(0, now);
}

}  // namespace orrery::http::h1
