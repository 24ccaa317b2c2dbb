#include "http/exchange.hpp"

#include <utility>

#include "http/characters.hpp"
#include "http/policy.hpp"
#include "http/problem.hpp"

namespace orrery::http {

using base::Monotonic;
using base::Reject;

namespace {

/// Responses of pipelined requests are gathered up to this size before they are sent.
constexpr std::size_t kFlushAt = 64 * 1024;
/// RFC 9112, 2.2 asks for at least one.
constexpr std::uint8_t kEmptyLinesBeforeRequest = 4;
/// A connection that has not sent anything may hold up a leaving worker this long: its request may be on its way.
constexpr std::chrono::seconds kSilentWhileDraining{1};
constexpr Monotonic kNever = Monotonic::max();

Monotonic later(Monotonic start, std::chrono::milliseconds allowed, std::uint64_t bytes, std::size_t min_rate) {
  const double earned = static_cast<double>(bytes) / static_cast<double>(min_rate);
  return start + allowed + std::chrono::duration_cast<base::Nanoseconds>(std::chrono::duration<double>(earned));
}

std::string_view sentence_for(Reject reason) { return base::row(reason).sentence; }

}  // namespace

Exchange::Exchange(Context& context, const base::Address& peer, Monotonic accepted)
    : context_(context), phase_started_(accepted), peer_(peer) {}

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
  const bool inside = stored_ && input_.data() >= stored_->data() && input_.data() < stored_->data() + stored_->size();
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

bool Exchange::skip_empty_lines() {
  if (message_ && message_->kept() == "\r" && input_.starts_with('\n') && empty_lines_ < kEmptyLinesBeforeRequest) {
    ++empty_lines_;
    input_.remove_prefix(1);
    drop_message();
    state_ = State::kIdle;
  }
  if (message_) return !input_.empty();
  while (input_.starts_with("\r\n") && empty_lines_ < kEmptyLinesBeforeRequest) {
    ++empty_lines_;
    input_.remove_prefix(2);
  }
  return !input_.empty();
}

Exchange::Advance Exchange::read_head(Monotonic now) {
  if (!skip_empty_lines()) {
    if (ended_) {
      if (state_ == State::kHead) context_.observer.on_rejected(Reject::truncated_request, peer_, message_);
      close(false);
    } else if (draining_ && state_ == State::kIdle && !first_) {
      close(false);
    }
    return Advance::kStuck;
  }
  if (!message_) {
    message_ = context_.pool.take();
    message_->started = now;
    message_->peer = peer_;
    message_->worker_class = context_.config.worker_class;
    state_ = State::kHead;
  }
  std::string& kept = message_->kept();
  const std::size_t before = kept.size();
  const std::string_view head = before == 0 ? input_ : std::string_view{kept.append(input_)};
  const Verdict verdict = message_->guard.scan(head, context_.config);
  switch (verdict.kind) {
    case Verdict::Kind::kMore:
      if (before == 0) kept.assign(input_);
      input_ = {};
      return ended_ ? Advance::kMoved : Advance::kStuck;
    case Verdict::Kind::kRefused:
      note_request_line(head);
      refuse(verdict.reason, now);
      return Advance::kMoved;
    case Verdict::Kind::kComplete: break;
  }
  input_.remove_prefix(verdict.consumed - before);
  if (before > 0) kept.resize(verdict.consumed);
  return take_head(before > 0 ? std::string_view{kept} : head, verdict.consumed, now);
}

Exchange::Advance Exchange::take_head(std::string_view head, std::size_t length, Monotonic now) {
  first_ = false;
  continue_sent_ = false;
  note_request_line(head);
  if (const auto reason = understand_head(length)) {
    refuse(*reason, now);
    return Advance::kMoved;
  }
  message_->body_complete = message_->framing == BodyFraming::kNone;
  message_->body_started = now;
  if (const auto reason = route(now)) refuse(*reason, now);
  return Advance::kMoved;
}

/// What the access log can say of a request, even of one that is refused.
void Exchange::note_request_line(std::string_view head) {
  if (!message_->guard.request_line_done()) return;
  message_->bytes = head.data();
  message_->head_length = static_cast<std::uint32_t>(head.size());
  const std::uint32_t method = message_->guard.method_length();
  message_->method = Parser::known_method(head.substr(0, method));
  message_->target = {method + 1, message_->guard.target_length()};
  message_->minor_version = message_->guard.minor_version();
}

std::optional<Reject> Exchange::understand_head(std::size_t length) {
  message_->head_length = static_cast<std::uint32_t>(length);
  if (message_->method.empty()) return Reject::unknown_method;
  const bool parsed = message_->parser.parse_head(*message_, length);
  // Which of two faulty fields llhttp sees first, and whether at all, depends on its version: our reason comes first.
  if (!parsed) Parser::split_fields(*message_, length);
  PolicyFindings findings;
  const auto reason = apply_policy(*message_, findings);
  choose_id(findings.request_id);
  return reason || parsed ? reason : Reject::parser_refused;
}

void Exchange::choose_id(std::string_view offered) {
  if (RequestIds::acceptable(offered) && context_.trusted.contains(peer_)) {
    message_->set_id(offered);
    return;
  }
  const auto made = context_.ids.next();
  message_->set_id({made.data(), made.size()});
}

std::optional<Reject> Exchange::route(Monotonic now) {
  Message& message = *message_;
  message.match = context_.router.match(message.method, message.path());
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

void Exchange::answer_without_handler(Monotonic now) {
  state_ = State::kHandling;
  message_->dispatched = now;
  const std::string_view accept = message_->view(message_->accept);
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

void Exchange::begin_handling(Monotonic now) {
  state_ = State::kHandling;
  const auto& own = context_.routes[message_->match.route].options.request_deadline;
  const auto allowed = own.value_or(context_.config.request_deadline);
  if (allowed.count() > 0) message_->deadline = now + allowed;
}

Exchange::Advance Exchange::read_body(Monotonic now) {
  if (state_ == State::kBody && message_->expects_continue && !continue_sent_ && input_.empty()) {
    continue_sent_ = true;
    output_->append("HTTP/1.1 100 Continue\r\n\r\n");
  }
  if (!input_.empty()) {
    if (const auto reason = feed_body()) {
      if (state_ == State::kBody) refuse(*reason, now);
      else close(true);
      return Advance::kMoved;
    }
  }
  if (!message_->body_complete) {
    if (!ended_) return Advance::kStuck;
    context_.observer.on_rejected(Reject::truncated_request, peer_, message_);
    close(false);
    return Advance::kMoved;
  }
  if (state_ == State::kBody) begin_handling(now);
  else finish(now);
  return Advance::kMoved;
}

/// Reads what is there of the body, never past its end.
std::optional<Reject> Exchange::feed_body() {
  Message& message = *message_;
  std::string_view bytes = input_;
  message.expects_continue = false;  // it did not wait
  if (message.framing == BodyFraming::kChunked) {
    const std::string held{message.chunk_guard.unfinished()};
    const Verdict verdict = message.chunk_guard.scan(bytes, context_.config, message.body_limit);
    if (verdict.kind == Verdict::Kind::kRefused) return verdict.reason;
    const bool whole = verdict.kind == Verdict::Kind::kComplete;
    // The parser gets only lines that are judged: else its reason and the guard's would race.
    if (verdict.consumed > 0) {
      if (!held.empty() && message.parser.parse_body(held).refused) return Reject::bad_chunk;
      const Parser::BodyResult result = message.parser.parse_body(bytes.substr(0, verdict.consumed));
      if (result.refused || result.complete != whole || result.consumed != verdict.consumed) return Reject::bad_chunk;
    }
    if (whole) bytes = bytes.substr(0, verdict.consumed);
    message.body_complete = whole;
  } else {
    const std::uint64_t left = message.content_length - message.body_received;
    bytes = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
    const Parser::BodyResult result = message.parser.parse_body(bytes);
    if (result.refused || result.consumed != bytes.size()) return Reject::parser_refused;
    message.body_complete = result.complete;
  }
  input_.remove_prefix(bytes.size());
  return {};
}

/// The time in which nobody asked for the body is not its sender's.
void Exchange::resume_body(Monotonic now) {
  if (message_->body_paused != Monotonic{}) message_->body_started += now - message_->body_paused;
  message_->body_paused = {};
}

void Exchange::want_body(Monotonic now) {
  if (!message_ || state_ == State::kClosing || body_wanted_) return;
  body_wanted_ = true;
  resume_body(now);
  // Behind the head of a stream it would stand in the middle of the response.
  if (state_ == State::kHandling && message_->expects_continue && !continue_sent_ && !message_->body_complete &&
      input_.empty()) {
    continue_sent_ = true;
    output_->append("HTTP/1.1 100 Continue\r\n\r\n");
  }
}

Exchange::Step Exchange::step_body_wanted(Monotonic now) {
  if (!body_wanted_) return Step::kWait;
  if (!message_->body_complete && !input_.empty()) {
    if (const auto reason = feed_body()) {
      refuse(*reason, now);
      return linger_ ? Step::kLinger : Step::kClose;
    }
  }
  if (!message_->body_complete && ended_) {
    context_.observer.on_rejected(Reject::truncated_request, peer_, message_);
    abandon();
    return Step::kClose;
  }
  if (!message_->body_complete && message_->body.empty()) return Step::kWait;
  body_wanted_ = false;
  message_->body_paused = now;
  return Step::kBody;
}

Exchange::BodyRead Exchange::take_body_piece() {
  if (!message_) return {{}, true, true};
  const bool streamed = context_.routes[message_->match.route].options.stream_body;
  BodyRead read{streamed ? std::exchange(message_->body, {}) : message_->body, message_->body_complete, false};
  return read;
}

bool Exchange::respond(Response response, Monotonic now) {
  if (state_ != State::kHandling) return false;
  write_response(std::move(response), now);
  return true;
}

void Exchange::refuse(Reject reason, Monotonic now) {
  if (state_ == State::kClosing) return;
  context_.observer.on_rejected(reason, peer_, message_);
  const int status = base::row(reason).status;
  const bool can_answer = status != 0 && message_ && state_ != State::kStreaming && state_ != State::kDiscard &&
                          state_ != State::kIdle;
  if (!can_answer) {
    report_broken_stream();
    if (message_) message_->cancelled.store(true, std::memory_order_release);
    return close(status != 0);
  }
  message_->cancelled.store(true, std::memory_order_release);
  message_->keep_alive = false;
  const std::string_view accept = message_->accept.length ? message_->view(message_->accept) : std::string_view{};
  Response response = problem(status, sentence_for(reason), accept);
  if (reason == Reject::queue_full) response.add_field("Retry-After", "1");
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
  if (const auto wish = response.field("connection")) {
    for_each_element(*wish, [&](std::string_view option) { keep_ = keep_ && !equals_ignoring_case(option, "close"); });
  }
  if (!keep_) return ConnectionField::kClose;
  return message_->minor_version == 0 ? ConnectionField::kKeepAlive : ConnectionField::kNone;
}

Frame Exchange::frame_for(const Response& response) {
  Frame frame;
  frame.id = message_->id_view();
  const int status = response.status();
  no_body_ = message_->method == "HEAD" || status < 200 || status == 204 || status == 304;
  chunked_ = false;
  if (status < 200 || status == 204 || status == 304) {
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

void Exchange::write_response(Response response, Monotonic now) {
  if (!is_sendable(response)) {
    context_.observer.on_unsendable(*message_);
    response = problem(500, message_->view(message_->accept));
  }
  if (response.is_stream()) {
    message_->stream_length = response.stream_length();
    message_->pull = std::make_shared<Response::Pull>(response.take_pull());
    message_->deadline = {};
    message_->response_status = response.status();
    state_ = State::kStreaming;
    write_head(*output_, response, frame_for(response), context_.date);
    sent_body_ = 0;
    if (no_body_) end_stream(now);
    return;
  }
  write_head(*output_, response, frame_for(response), context_.date);
  const std::size_t size = no_body_ ? 0 : response.body().size();
  sent_body_ = size;
  answered(response.status(), &response, now);
  if (size == 0) return;
  if (size < Output::kTailSize) output_->append(response.body());
  else if (response.body_outlives()) output_->set_tail(response.body());
  else output_->set_tail(response.take_body());
}

bool Exchange::start_stream(Response head, Monotonic now) {
  if (state_ != State::kHandling) return false;
  if (!is_sendable(head)) {
    write_response(std::move(head), now);
    return false;
  }
  state_ = State::kStreaming;
  sent_body_ = 0;
  message_->stream_length = head.stream_length();
  message_->response_status = head.status();
  write_head(*output_, head, frame_for(head), context_.date);
  message_->deadline = {};
  if (no_body_) end_stream(now);
  return true;
}

void Exchange::send_piece(std::string_view piece) {
  if (state_ != State::kStreaming || no_body_) return;
  if (message_->stream_length) piece = piece.substr(0, *message_->stream_length - sent_body_);
  sent_body_ += piece.size();
  if (chunked_) write_chunk(*output_, piece);
  else output_->append(piece);
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
  context_.observer.on_answered(*message_, {status, sent_body_, response});
  if (message_->body_complete) return finish(now);
  if (!keep_) return close(true);
  state_ = State::kDiscard;
  resume_body(now);
  message_->body_discarded = true;
  message_->body.clear();
}

void Exchange::finish(Monotonic now) {
  drop_message();
  if (!keep_) return close(!input_.empty());
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

void Exchange::report_broken_stream() {
  if (state_ != State::kStreaming) return;
  context_.observer.on_answered(*message_, {message_->response_status, sent_body_, nullptr});
}

void Exchange::abandon() {
  report_broken_stream();
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
  if (write_started_ != Monotonic{}) return later(write_started_, config.write_timeout, write_taken_, config.min_rate);
  switch (state_) {
    case State::kIdle:
      if (!first_) return phase_started_ + config.keepalive;
      return phase_started_ + (draining_ ? std::min<base::Nanoseconds>(kSilentWhileDraining, config.header_timeout)
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
    context_.observer.on_rejected(Reject::write_timeout, peer_, message_);
    return abandon();
  }
  switch (state_) {
    case State::kIdle:
      if (first_ && !draining_) context_.observer.on_rejected(Reject::silent_connection, peer_, nullptr);
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

void Exchange::drain() {
  draining_ = true;
  if (state_ == State::kIdle && input_.empty() && !first_) close(false);
}

bool Exchange::close_if_idle() {
  if (!idle() || write_started_ != Monotonic{}) return false;
  close(false);
  return true;
}

bool Exchange::wants_input() const {
  if (ended_ || state_ == State::kClosing || write_started_ != Monotonic{}) return false;
  return input_.empty();
}

}  // namespace orrery::http
