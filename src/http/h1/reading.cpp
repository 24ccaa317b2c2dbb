// How a connection reads a request: the head, then the body. Part of class Connection.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/h1/connection.hpp"
#include "http/h1/framing.hpp"
#include "http/method.hpp"
#include "http/policy.hpp"

namespace orrery::http::h1 {

using base::Monotonic;
using base::Reject;

namespace {

/// RFC 9112, 2.2 asks for at least one.
constexpr std::uint8_t kEmptyLinesBeforeRequest = 4;

}  // namespace

void Connection::refuse_first(Reject reason, Monotonic now) {
  if (deaf()) return;
  begin_message(now);
  reject(reason, now);
}

/// The preface of HTTP/2 begins with what looks like a request line (RFC 9113, 3.4). Over TLS the protocol is chosen
/// before the first request, and by nothing else.
bool Connection::leave_to_http2(std::string_view head, Reject reason) {
  const bool opened = first_ && !secure_ && context_.config.http2 != Http2::kOff;
  if (!opened || reason != Reject::bad_version || !head.starts_with("PRI * HTTP/2.0\r\n")) return false;
  stored_ = std::make_unique<std::string>(head);
  input_ = *stored_;
  drop_request();
  state_ = State::kHttp2;
  return true;
}

std::string Connection::take_unread() {
  std::string unread{input_};
  input_ = {};
  stored_.reset();
  return unread;
}

bool Connection::skip_empty_lines() {
  if (request_.message && request_.message->kept() == "\r" && input_.starts_with('\n') &&
      empty_lines_ < kEmptyLinesBeforeRequest) {
    ++empty_lines_;
    input_.remove_prefix(1);
    drop_request();
  }
  if (request_.message) return !input_.empty();
  while (input_.starts_with("\r\n") && empty_lines_ < kEmptyLinesBeforeRequest) {
    ++empty_lines_;
    input_.remove_prefix(2);
  }
  return !input_.empty();
}

/// Nothing is left to read: what that means for the connection.
Connection::Advance Connection::await_bytes() {
  if (ended_) {
    if (request_.phase == Phase::kHead)
      context_.observer.on_rejected(Reject::truncated_request, sender_, request_.message);
    close(Linger::kNo);
  } else if (draining_ && request_.phase == Phase::kNone && !first_) {
    close(Linger::kNo);
  }
  return Advance::kNeedsMore;
}

void Connection::begin_message(Monotonic now) {
  if (request_.message) return;
  request_.begin(context_, peer_, sender_, secure_, now);
  if (tls_) request_.message->tls = *tls_;
  decoder_ = decoders_.take();
}

/// The bytes at hand are part of something: kept until the rest comes. `before` of them are kept already.
Connection::Advance Connection::hold_part(std::size_t before) {
  if (before == 0) request_.message->kept().assign(input_);
  input_ = {};
  return ended_ ? Advance::kAdvanced : Advance::kNeedsMore;
}

Connection::Advance Connection::read_proxy_header(Monotonic now) {
  begin_message(now);
  std::string& kept = request_.message->kept();
  const std::size_t before = kept.size();
  const ProxyHeader header = ProxyHeader::parse(before == 0 ? input_ : std::string_view{kept.append(input_)});
  if (header.kind == ProxyHeader::Kind::kMore) return hold_part(before);
  if (const auto reason = judge_proxy_header(header)) {
    reject(*reason, now);
    return Advance::kAdvanced;
  }
  proxy_ = ProxyProtocol::kOff;
  if (header.source) sender_ = *header.source;
  if (header.consumed >= before) {
    input_.remove_prefix(header.consumed - before);
  } else {
    stored_ = std::make_unique<std::string>(std::move(kept));
    input_ = *stored_;
  }
  drop_request();
  return Advance::kAdvanced;
}

std::optional<Reject> Connection::judge_proxy_header(const ProxyHeader& header) {
  if (header.kind == ProxyHeader::Kind::kAbsent) {
    return proxy_ == ProxyProtocol::kRequired ? std::optional{Reject::missing_proxy_header} : std::nullopt;
  }
  // Said before what is wrong with it: it is none of this peer's business.
  if (!context_.proxies.connection.contains(peer_)) return Reject::untrusted_proxy_header;
  if (header.kind == ProxyHeader::Kind::kRefused) return Reject::bad_proxy_header;
  return {};
}

[[gnu::flatten]] Connection::Advance Connection::read_head(Monotonic now) {
  if (proxy_ != ProxyProtocol::kOff && !input_.empty()) return read_proxy_header(now);
  if (!skip_empty_lines()) return await_bytes();
  begin_message(now);
  std::string& kept = request_.message->kept();
  const std::size_t before = kept.size();
  const std::string_view head = before == 0 ? input_ : std::string_view{kept.append(input_)};
  const Verdict verdict = decoder_->guard.scan(head, context_.config);
  switch (verdict.kind) {
    case Verdict::Kind::kMore: return hold_part(before);
    case Verdict::Kind::kRefused:
      if (leave_to_http2(head, verdict.reason)) return Advance::kAdvanced;
      note_request_line(head);
      reject(verdict.reason, now);
      return Advance::kAdvanced;
    case Verdict::Kind::kComplete: break;
  }
  input_.remove_prefix(verdict.consumed - before);
  if (before > 0) kept.resize(verdict.consumed);
  return take_head(before > 0 ? std::string_view{kept} : head, verdict.consumed, now);
}

Connection::Advance Connection::take_head(std::string_view head, std::size_t length, Monotonic now) {
  first_ = false;
  request_.name(request_.id + 1);
  note_request_line(head);
  if (const auto reason = understand_head(length)) {
    reject(*reason, now);
    return Advance::kAdvanced;
  }
  request_.message->body_complete = request_.message->framing == BodyFraming::kNone;
  if (request_.message->framing == BodyFraming::kChunked) decoder_->chunk_guard.reset();
  request_.message->body_started = now;
  if (const auto reason = request_.route(context_, now)) {
    reject(*reason, now);
    return Advance::kAdvanced;
  }
  if (request_.message->layers || !request_.has_handler()) [[unlikely]]
    answer_early(now);
  return Advance::kAdvanced;
}

void Connection::answer_early(Monotonic now) {
  std::optional<Response> answer;
  if (request_.message->layers) {
    const auto held = request_.held_for(context_, now);
    if (held.count() > 0) return reject(Reject::quarantined, now, held);
    answer = request_.ask_layers(context_, now);
  }
  if (!answer && !request_.has_handler()) answer = request_.answer_without_handler();
  if (answer) write_response(*std::move(answer), now);
}

/// What the access log can say of a request, even of one that is refused.
void Connection::note_request_line(std::string_view head) {
  if (!decoder_->guard.request_line_done()) return;
  request_.message->bytes = head.data();
  request_.message->head_length = static_cast<std::uint32_t>(head.size());
  const std::uint32_t method = decoder_->guard.method_length();
  request_.message->method = known_method(head.substr(0, method));
  request_.message->target = {method + 1, decoder_->guard.target_length()};
  request_.message->protocol = decoder_->guard.protocol();
}

std::optional<Reject> Connection::understand_head(std::size_t length) {
  request_.message->head_length = static_cast<std::uint32_t>(length);
  if (request_.message->method.empty()) return Reject::unknown_method;
  if (context_.config.http2 == Http2::kOnly) return Reject::http2_only;
  const bool parsed = decoder_->parse_head(*request_.message, {request_.message->bytes, length});
  // Which of two faulty fields llhttp sees first, and whether at all, depends on its version: our reason comes first.
  if (!parsed) Parser::split_fields(*request_.message, length);
  PolicyFindings findings;
  auto reason = judge_head(*request_.message, context_.config, findings);
  request_.choose_id(context_, sender_, request_.message->view(findings.request_id));
  request_.choose_trace(context_, sender_, request_.message->view(findings.traceparent));
  if (!reason && !parsed) reason = Reject::parser_refused;
  const Forwarding& forwarding = context_.proxies.forwarding;
  if (!reason && forwarding.may_concern(findings.name_lengths) && forwarding.trusts(sender_)) {
    reason = forwarding.apply(*request_.message);
  }
  return reason;
}

Connection::Advance Connection::read_body(Monotonic now) {
  if (request_.phase == Phase::kBody) offer_to_continue();
  if (!input_.empty()) {
    if (const auto reason = feed_body()) {
      if (request_.phase == Phase::kBody)
        reject(*reason, now);
      else
        close(Linger::kYes);
      return Advance::kAdvanced;
    }
  }
  if (!request_.message->body_complete) {
    if (!ended_ && request_.phase == Phase::kBody && request_.outgrows_memory(context_)) {
      request_.spool(now);
      return Advance::kAdvanced;
    }
    if (!ended_) return Advance::kNeedsMore;
    context_.observer.on_rejected(Reject::truncated_request, sender_, request_.message);
    break_off(kClientLeft, now);
    close(Linger::kNo);
    return Advance::kAdvanced;
  }
  if (request_.phase == Phase::kBody)
    request_.begin_handling(context_, now);
  else
    finish(request_.message->keep_alive && !ended_, now);
  return Advance::kAdvanced;
}

/// Reads what is there of the body, never past its end.
std::optional<Reject> Connection::feed_body() {
  Message& message = *request_.message;
  std::string_view bytes = input_;
  message.expects_continue = false;  // it did not wait
  if (message.framing == BodyFraming::kTunnel) {
    message.body.append(std::exchange(input_, {}));
    return {};
  }
  if (message.framing == BodyFraming::kChunked) {
    const std::string held{decoder_->chunk_guard.unfinished()};
    const Verdict verdict = decoder_->chunk_guard.scan(bytes, context_.config, message.body_limit);
    const bool whole = verdict.kind == Verdict::Kind::kComplete;
    // The parser gets the lines that are judged, no more and no less: else its reason and the guard's would race.
    if (verdict.consumed > 0) {
      if (!held.empty() && decoder_->parser.parse_body(held).refused) return Reject::bad_chunk;
      const Parser::BodyResult result = decoder_->parser.parse_body(bytes.substr(0, verdict.consumed));
      if (result.no_memory) return Reject::no_memory;
      if (result.refused || result.complete != whole || result.consumed != verdict.consumed) return Reject::bad_chunk;
    }
    if (verdict.kind == Verdict::Kind::kRefused) return verdict.reason;
    // Not before: the parser may still owe the last one its value.
    if (whole && !message.trailers.empty()) map_trailers(message, context_.config);
    if (whole) bytes = bytes.substr(0, verdict.consumed);
    message.body_complete = whole;
  } else {
    const std::uint64_t left = message.content_length - message.body_received;
    bytes = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
    const Parser::BodyResult result = decoder_->parser.parse_body(bytes);
    if (result.no_memory) return Reject::no_memory;
    if (result.refused || result.consumed != bytes.size()) return Reject::parser_refused;
    message.body_complete = result.complete;
  }
  input_.remove_prefix(bytes.size());
  return {};
}

void Connection::want_body(RequestId id, Monotonic now) {
  if (!message(id) || request_.body_wanted) return;
  request_.body_wanted = true;
  request_.resume_body(now);
  // Behind the head of a stream it would stand in the middle of the response.
  if (request_.phase == Phase::kHandling) offer_to_continue();
}

/// For a client that waits with its body until it is wanted.
void Connection::offer_to_continue() {
  if (!request_.waits_for_continue() || !input_.empty()) return;
  request_.message->expects_continue = false;
  output_->append("HTTP/1.1 100 Continue\r\n\r\n");
}

Next Connection::step_body_wanted(Monotonic now) {
  if (!request_.body_wanted) return {Step::kWait};
  if (!request_.message->body_complete && !input_.empty()) {
    if (const auto reason = feed_body()) {
      reject(*reason, now);
      return next(now);
    }
  }
  const bool tunnel = request_.message->framing == BodyFraming::kTunnel;
  if (tunnel && ended_) request_.message->body_complete = true;
  if (!request_.message->body_complete && ended_) {
    context_.observer.on_rejected(Reject::truncated_request, sender_, request_.message);
    abandon(now);
    return {Step::kClose};
  }
  if (!request_.message->body_complete && request_.message->body.empty()) return {Step::kWait};
  request_.body_wanted = false;
  request_.message->body_paused = now;
  return {Step::kBody, request_.id};
}

void Connection::end_spooling(RequestId id, Monotonic now) {
  if (message(id)) request_.end_spooling(context_, now);
}

BodyRead Connection::take_body_piece(RequestId id) {
  if (!message(id)) return {{}, true, true};
  const bool streamed = context_.routes[request_.message->match.route].options.stream_body ||
                        request_.message->framing == BodyFraming::kTunnel || request_.message->body_spooled;
  BodyRead read{streamed ? std::exchange(request_.message->body, {}) : request_.message->body,
                request_.message->body_complete, false};
  return read;
}

}  // namespace orrery::http::h1
