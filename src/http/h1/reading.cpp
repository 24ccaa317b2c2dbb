// How a connection reads a request: the head, then the body. Part of class Connection.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/h1/connection.hpp"
#include "http/policy.hpp"
#include "http/problem.hpp"

namespace orrery::http::h1 {

using base::Monotonic;
using base::Reject;

namespace {

/// RFC 9112, 2.2 asks for at least one.
constexpr std::uint8_t kEmptyLinesBeforeRequest = 4;

}  // namespace

bool Connection::skip_empty_lines() {
  if (message_ && message_->kept() == "\r" && input_.starts_with('\n') && empty_lines_ < kEmptyLinesBeforeRequest) {
    ++empty_lines_;
    input_.remove_prefix(1);
    drop_request();
    state_ = State::kIdle;
  }
  if (message_) return !input_.empty();
  while (input_.starts_with("\r\n") && empty_lines_ < kEmptyLinesBeforeRequest) {
    ++empty_lines_;
    input_.remove_prefix(2);
  }
  return !input_.empty();
}

/// Nothing is left to read: what that means for the connection.
Connection::Advance Connection::await_bytes() {
  if (ended_) {
    if (state_ == State::kHead) context_.observer.on_rejected(Reject::truncated_request, sender_, message_);
    close(Linger::kNo);
  } else if (draining_ && state_ == State::kIdle && !first_) {
    close(Linger::kNo);
  }
  return Advance::kStuck;
}

void Connection::begin_message(Monotonic now) {
  if (message_) return;
  message_ = context_.pool.take();
  decoder_ = decoders_.take();
  message_->started = now;
  message_->peer = peer_;
  message_->client = sender_;
  message_->worker_class = context_.config.worker_class;
  message_->error_media_type = context_.error_media_type;
  state_ = State::kHead;
}

/// The bytes at hand are part of something: kept until the rest comes. `before` of them are kept already.
Connection::Advance Connection::hold_part(std::size_t before) {
  if (before == 0) message_->kept().assign(input_);
  input_ = {};
  return ended_ ? Advance::kMoved : Advance::kStuck;
}

Connection::Advance Connection::read_proxy_header(Monotonic now) {
  begin_message(now);
  std::string& kept = message_->kept();
  const std::size_t before = kept.size();
  const ProxyHeader header = ProxyHeader::parse(before == 0 ? input_ : std::string_view{kept.append(input_)});
  if (header.kind == ProxyHeader::Kind::kMore) return hold_part(before);
  if (const auto reason = judge_proxy_header(header)) {
    reject(*reason, now);
    return Advance::kMoved;
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
  state_ = State::kIdle;
  return Advance::kMoved;
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

Connection::Advance Connection::read_head(Monotonic now) {
  if (proxy_ != ProxyProtocol::kOff && !input_.empty()) return read_proxy_header(now);
  if (!skip_empty_lines()) return await_bytes();
  begin_message(now);
  std::string& kept = message_->kept();
  const std::size_t before = kept.size();
  const std::string_view head = before == 0 ? input_ : std::string_view{kept.append(input_)};
  const Verdict verdict = decoder_->guard.scan(head, context_.config);
  switch (verdict.kind) {
    case Verdict::Kind::kMore: return hold_part(before);
    case Verdict::Kind::kRefused:
      note_request_line(head);
      reject(verdict.reason, now);
      return Advance::kMoved;
    case Verdict::Kind::kComplete: break;
  }
  input_.remove_prefix(verdict.consumed - before);
  if (before > 0) kept.resize(verdict.consumed);
  return take_head(before > 0 ? std::string_view{kept} : head, verdict.consumed, now);
}

Connection::Advance Connection::take_head(std::string_view head, std::size_t length, Monotonic now) {
  first_ = false;
  ++requests_;
  continue_sent_ = false;
  note_request_line(head);
  if (const auto reason = understand_head(length)) {
    reject(*reason, now);
    return Advance::kMoved;
  }
  message_->body_complete = message_->framing == BodyFraming::kNone;
  if (message_->framing == BodyFraming::kChunked) decoder_->chunk_guard.reset();
  message_->body_started = now;
  if (const auto reason = route(now)) reject(*reason, now);
  return Advance::kMoved;
}

/// What the access log can say of a request, even of one that is refused.
void Connection::note_request_line(std::string_view head) {
  if (!decoder_->guard.request_line_done()) return;
  message_->bytes = head.data();
  message_->head_length = static_cast<std::uint32_t>(head.size());
  const std::uint32_t method = decoder_->guard.method_length();
  message_->method = Parser::known_method(head.substr(0, method));
  message_->target = {method + 1, decoder_->guard.target_length()};
  message_->protocol = decoder_->guard.protocol();
}

std::optional<Reject> Connection::understand_head(std::size_t length) {
  message_->head_length = static_cast<std::uint32_t>(length);
  if (message_->method.empty()) return Reject::unknown_method;
  const bool parsed = decoder_->parser.parse_head(*message_, decoder_->guard, length);
  // Which of two faulty fields llhttp sees first, and whether at all, depends on its version: our reason comes first.
  if (!parsed) Parser::split_fields(*message_, length);
  PolicyFindings findings;
  auto reason = apply_policy(*message_, context_.config, findings);
  choose_id(findings.request_id);
  if (!reason && !parsed) reason = Reject::parser_refused;
  const Forwarding& forwarding = context_.proxies.forwarding;
  if (!reason && forwarding.may_concern(findings.name_lengths) && forwarding.trusts(sender_)) {
    reason = forwarding.apply(*message_);
  }
  return reason;
}

void Connection::choose_id(std::string_view offered) {
  if (RequestIds::acceptable(offered) && context_.proxies.forwarding.trusts(sender_)) {
    message_->set_id(offered);
    return;
  }
  message_->set_id(context_.ids.next());
}

std::optional<Reject> Connection::route(Monotonic now) {
  Message& message = *message_;
  if (message.path_is_raw) {
    message.match = context_.router.match(message.method, message.view(message.path_part));
  } else {
    message.match = context_.router.match(message.method, message.path());
    message.decode_parameters();
  }
  message.body_limit = context_.config.limit_request_body;
  const bool found = message.match.kind == RouteMatch::Kind::kFound;
  const RouteOptions* options = found ? &context_.routes[message.match.route].options : nullptr;
  if (options && options->limit_request_body) message.body_limit = *options->limit_request_body;
  if (message.content_length > message.body_limit) return Reject::large_body;
  if (!found) {
    answer_without_handler(now);
    return {};
  }
  const bool stream = options->stream_body && context_.config.worker_class == WorkerClass::kAsync;
  if (message.body_complete || stream) {
    message.body_paused = now;
    begin_handling(now);
  } else {
    state_ = State::kBody;
  }
  return {};
}

void Connection::answer_without_handler(Monotonic now) {
  state_ = State::kHandling;
  message_->dispatched = now;
  const std::string_view accept = message_->error_accept();
  switch (message_->match.kind) {
    case RouteMatch::Kind::kOptions:
      write_response(Response::status(204).with_field("Allow", *message_->match.allow), now);
      break;
    case RouteMatch::Kind::kNoMethod:
      write_response(problem(405, accept).with_field("Allow", *message_->match.allow), now);
      break;
    default: write_response(problem(404, accept), now);
  }
}

void Connection::begin_handling(Monotonic now) {
  state_ = State::kHandling;
  const auto& own = context_.routes[message_->match.route].options.request_deadline;
  const auto allowed = own.value_or(context_.config.request_deadline);
  if (allowed.count() > 0) message_->deadline = now + allowed;
}

Connection::Advance Connection::read_body(Monotonic now) {
  if (state_ == State::kBody) offer_to_continue();
  if (!input_.empty()) {
    if (const auto reason = feed_body()) {
      if (state_ == State::kBody)
        reject(*reason, now);
      else
        close(Linger::kYes);
      return Advance::kMoved;
    }
  }
  if (!message_->body_complete) {
    if (!ended_) return Advance::kStuck;
    context_.observer.on_rejected(Reject::truncated_request, sender_, message_);
    break_off(kClientLeft, now);
    close(Linger::kNo);
    return Advance::kMoved;
  }
  if (state_ == State::kBody)
    begin_handling(now);
  else
    finish(message_->keep_alive && !ended_, now);
  return Advance::kMoved;
}

/// Reads what is there of the body, never past its end.
std::optional<Reject> Connection::feed_body() {
  Message& message = *message_;
  std::string_view bytes = input_;
  message.expects_continue = false;  // it did not wait
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

/// The time in which nobody asked for the body is not its sender's.
void Connection::resume_body(Monotonic now) {
  if (message_->body_paused != Monotonic{}) message_->body_started += now - message_->body_paused;
  message_->body_paused = {};
}

void Connection::want_body(RequestId id, Monotonic now) {
  if (!message(id) || body_wanted_) return;
  body_wanted_ = true;
  resume_body(now);
  // Behind the head of a stream it would stand in the middle of the response.
  if (state_ == State::kHandling) offer_to_continue();
}

/// For a client that waits with its body until it is wanted.
void Connection::offer_to_continue() {
  const bool waits = message_->expects_continue && !continue_sent_ && !message_->body_complete;
  if (!waits || !input_.empty()) return;
  continue_sent_ = true;
  output_->append("HTTP/1.1 100 Continue\r\n\r\n");
}

Next Connection::step_body_wanted(Monotonic now) {
  if (!body_wanted_) return {Step::kWait};
  if (!message_->body_complete && !input_.empty()) {
    if (const auto reason = feed_body()) {
      reject(*reason, now);
      return next(now);
    }
  }
  if (!message_->body_complete && ended_) {
    context_.observer.on_rejected(Reject::truncated_request, sender_, message_);
    abandon(now);
    return {Step::kClose};
  }
  if (!message_->body_complete && message_->body.empty()) return {Step::kWait};
  body_wanted_ = false;
  message_->body_paused = now;
  return {Step::kBody, requests_};
}

Connection::BodyRead Connection::take_body_piece(RequestId id) {
  if (!message(id)) return {{}, true, true};
  const bool streamed = context_.routes[message_->match.route].options.stream_body;
  BodyRead read{streamed ? std::exchange(message_->body, {}) : message_->body, message_->body_complete, false};
  return read;
}

}  // namespace orrery::http::h1
