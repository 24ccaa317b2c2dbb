// How a connection answers a request: whole, refused, or piece by piece. Part of class Connection.
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <nghttp2/nghttp2.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/error_answer.hpp"
#include "http/h2/callbacks.hpp"
#include "http/h2/connection.hpp"
#include "http/observer.hpp"
#include "http/sendable.hpp"
#include "http/trailers.hpp"

namespace orrery::http::h2 {

using base::Monotonic;
using base::Reject;

namespace {

/// The error of the stream that is reset for this reason, where it is not answered.
std::uint32_t error_of(Reject reason) {
  switch (reason) {
    case Reject::write_timeout:
    case Reject::body_timeout:
    case Reject::client_left: return NGHTTP2_CANCEL;
    case Reject::request_deadline: return NGHTTP2_INTERNAL_ERROR;
    default: return NGHTTP2_PROTOCOL_ERROR;
  }
}

/// nghttp2 copies what is not told to stay. It only reads the bytes.
std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

nghttp2_nv field_of(std::string_view name, std::string_view value, unsigned flags = NGHTTP2_NV_FLAG_NONE) {
  return {bytes_of(name), bytes_of(value), name.size(), value.size(), static_cast<std::uint8_t>(flags)};
}

/// Most responses have no more.
constexpr std::size_t kFieldsReserved = 16;
/// Its name is a literal here.
constexpr unsigned kOwnName = NGHTTP2_NV_FLAG_NO_COPY_NAME;

/// What every response has, in the order of HTTP/1.1.
void list_fields(std::pmr::vector<nghttp2_nv>& fields, const Response& response, const Context& context) {
  if (!context.config.hide_server)
    fields.push_back(field_of("server", "orrery", kOwnName | NGHTTP2_NV_FLAG_NO_COPY_VALUE));
  constexpr std::string_view kDate = "Date: ";
  const std::string_view date = context.date.view();
  fields.push_back(field_of("date", date.substr(kDate.size(), date.size() - kDate.size() - 2), kOwnName));
  if (!response.media_type().empty()) fields.push_back(field_of("content-type", response.media_type(), kOwnName));
  if (const FixedFields* const fixed = response.fixed_fields())
    for (const auto& [name, value] : fixed->fields()) fields.push_back(field_of(name, value));
  if (!response.has_extras()) return;
  for (const auto& [name, value] : response.fields())
    if (!is_servers_own(name)) fields.push_back(field_of(name, value));
}

}  // namespace

bool Connection::respond(RequestId id, Response&& response, Monotonic now) {
  Stream* const stream = handled(id);
  if (!stream || stream->request.phase != Phase::kHandling) return false;
  now_ = now;
  write_response(*stream, std::move(response), now);
  return true;
}

void Connection::refuse(RequestId id, Reject reason, Monotonic now, std::chrono::seconds retry_after) {
  Stream* const stream = find(id);
  if (!stream || !stream->request.is(id) || !stream->request.message) return;
  now_ = now;
  reject(*stream, reason, retry_after);
}

void Connection::reject(Stream& stream, Reject reason, std::chrono::seconds retry_after) {
  RequestState& request = stream.request;
  const base::RejectRow& row = base::row(reason);
  context_.observer.on_rejected(reason, request.message ? request.message->client : client_.sender, request.message);
  const bool waits =
      request.phase == Phase::kHead || request.phase == Phase::kBody || request.phase == Phase::kHandling;
  if (row.status == 0 || stream.gone || !request.message || !waits) return reset(stream, error_of(reason));
  request.cancel(context_);
  request.message->over.store(true, std::memory_order_release);
  Response response = error_answer(*request.message, row.status, row.name, row.sentence);
  if (retry_after.count() > 0) response.add_field("Retry-After", std::to_string(retry_after.count()));
  request.phase = Phase::kHandling;
  write_response(stream, std::move(response), now_);
}

void Connection::reset(Stream& stream, std::uint32_t error) {
  if (!stream.closed && !stream.gone)
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id), error);
  stream.gone = true;
  break_off(stream, kClientLeft);
  wake(stream);
}

void Connection::write_response(Stream& stream, Response&& response, Monotonic now) {
  if (stream.request.message->layers)
    stream.request.pass_layers(context_, response, now);
  else if (!is_sendable(response))
    response = answer_unsendable(*stream.request.message, response, context_.observer);
  write_sendable(stream, std::move(response), now);
}

void Connection::write_sendable(Stream& stream, Response&& response, Monotonic) {
  RequestState& request = stream.request;
  if (response.is_stream()) {
    request.message->pull = std::make_shared<PulledBody>(response);
    return begin_stream(stream, std::move(response));
  }
  begin_departure(stream, response.status());
  const std::uint64_t size = request.no_body ? 0 : response.body_length();
  request.message->departure.body_bytes = size;
  request.phase = Phase::kNone;
  request.body_wanted = false;
  stream.out_ended = true;
  submit_head(stream, response, size > 0);
  if (size > 0 && response.file_part())
    stream.out.set(response.take_file_part());
  else if (size > 0 && response.body_outlives())
    stream.out.set(response.body());
  else if (size > 0)
    stream.out.set(response.take_body());
  begin_wait(stream);
  if (context_.fields_logged) request.message->departure.response = std::move(response);
}

void Connection::begin_departure(Stream& stream, int status) {
  RequestState& request = stream.request;
  request.message->answered = true;
  if (request.message->on_cancelled) request.leave_callback(context_, false);
  Departure& departure = request.message->departure;
  departure.status = status;
  departure.body_bytes = 0;
  departure.chunked = false;
  departure.end_bytes = 0;
  departure.trailers.clear();
  departure.ending = base::Ending::kKept;
  request.no_body = status < 200 || status == 204 || status == 304 || request.message->method == "HEAD";
  if (context_.closing->load(std::memory_order_relaxed)) begin_leaving();
}

/// Each request has another id, which would only drive others out of the compressor's table. One a second goes in, so
/// that the rest of them need not spell the field's name.
unsigned Connection::indexing_of_id() {
  const std::int64_t second = context_.date.second();
  return std::exchange(id_indexed_, second) == second ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
}

void Connection::submit_head(Stream& stream, const Response& response, bool with_body) {
  const RequestState& request = stream.request;
  std::array<char, 4> status{};
  std::to_chars(status.data(), status.data() + status.size(), response.status());
  std::array<char, 20> length{};
  std::array<nghttp2_nv, kFieldsReserved> room;
  std::pmr::monotonic_buffer_resource memory{room.data(), sizeof room};
  std::pmr::vector<nghttp2_nv> fields{&memory};
  fields.reserve(room.size());
  fields.push_back(field_of(":status", {status.data(), 3}, kOwnName));
  list_fields(fields, response, context_);
  const bool streams = response.is_stream() || request.phase == Phase::kStreaming;
  const auto known = streams ? response.stream_length() : std::optional{response.body_length()};
  const int code = response.status();
  if (known && code >= 200 && code != 204 && code != 304) {
    const char* const end = std::to_chars(length.data(), length.data() + length.size(), *known).ptr;
    const std::string_view text{length.data(), static_cast<std::size_t>(end - length.data())};
    fields.push_back(field_of("content-length", text, kOwnName));
  }
  if (!context_.config.hide_request_id)
    fields.push_back(field_of("x-request-id", request.message->id_view(), kOwnName | indexing_of_id()));
  const nghttp2_data_provider body = Callbacks::provider_of(stream);
  const int result = nghttp2_submit_response(session_.get(), static_cast<std::int32_t>(stream.id), fields.data(),
                                             fields.size(), with_body ? &body : nullptr);
  if (result == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
  stream.submitted = true;
}

void Connection::send_early_hints(RequestId id, const std::vector<std::string>& links, Monotonic now) {
  Stream* const stream = handled(id);
  if (!stream || stream->request.phase != Phase::kHandling) return;
  now_ = now;
  std::vector<nghttp2_nv> fields{field_of(":status", "103", kOwnName | NGHTTP2_NV_FLAG_NO_COPY_VALUE)};
  for (const std::string& link : links) fields.push_back(field_of("link", link, kOwnName));
  if (nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id), nullptr, fields.data(),
                             fields.size(), nullptr) == NGHTTP2_ERR_NOMEM)
    throw std::bad_alloc();
}

bool Connection::start_stream(RequestId id, Response head, Monotonic now) {
  Stream* const stream = handled(id);
  if (!stream || stream->request.phase != Phase::kHandling) return false;
  now_ = now;
  if (!is_sendable(head)) {
    write_response(*stream, std::move(head), now);
    return false;
  }
  const bool passed = stream->request.pass_layers(context_, head, now);
  stream->watched = stream->watched || passed;
  if (passed)
    begin_stream(*stream, std::move(head));
  else
    write_sendable(*stream, std::move(head), now);
  return passed;
}

bool Connection::start_tunnel(RequestId id, Response head, Monotonic now) {
  Stream* const stream = handled(id);
  if (!stream || stream->request.phase != Phase::kHandling) return false;
  if (stream->request.message->framing != BodyFraming::kTunnel) return false;
  now_ = now;
  // A layer may have made another answer of it.
  const int status = head.status();
  if (!stream->request.pass_layers(context_, head, now) || head.status() != status) {
    write_sendable(*stream, std::move(head), now);
    return false;
  }
  stream->watched = true;
  begin_stream(*stream, std::move(head));
  return true;
}

/// The head goes out; the body comes by send_piece(), or is pulled.
void Connection::begin_stream(Stream& stream, Response head) {
  RequestState& request = stream.request;
  request.phase = Phase::kStreaming;
  request.message->stream_length = head.stream_length();
  request.message->deadline = {};
  announce_trailers(head);
  begin_departure(stream, head.status());
  submit_head(stream, head, !request.no_body);
  if (context_.fields_logged) request.message->departure.response = std::move(head);
  if (request.no_body) return finish_stream(stream);
  wake(stream);
}

void Connection::send_piece(RequestId id, std::string_view piece, Monotonic now) {
  now_ = now;
  Stream* const stream = handled(id);
  if (stream && stream->request.phase == Phase::kStreaming) append_piece(*stream, piece);
}

void Connection::append_piece(Stream& stream, std::string_view piece) {
  if (stream.request.no_body) return;
  Message& message = *stream.request.message;
  if (message.stream_length) piece = piece.substr(0, *message.stream_length - message.departure.body_bytes);
  if (piece.empty()) return;
  message.departure.body_bytes += piece.size();
  const bool waited = stream.out.size() > 0;
  stream.out.append(piece);
  if (!waited) begin_wait(stream);
  resume(stream);
}

/// Bytes of the response wait for the client's window from now on.
void Connection::begin_wait(Stream& stream) {
  if (stream.out.size() > 0) stream.blocked.begin(now_);
}

/// No bytes wait, and the end does all the same: an empty frame, too, stands behind the window of the connection.
void Connection::begin_end(Stream& stream) {
  if (!stream.request.no_body && !stream.blocked) stream.blocked.begin(now_);
  resume(stream);
}

void Connection::resume(Stream& stream) {
  if (!stream.deferred) return;
  stream.deferred = false;
  nghttp2_session_resume_data(session_.get(), static_cast<std::int32_t>(stream.id));
}

void Connection::end_stream(RequestId id, Monotonic now) {
  now_ = now;
  Stream* const stream = handled(id);
  if (stream && stream->request.phase == Phase::kStreaming) finish_stream(*stream);
}

void Connection::finish_stream(Stream& stream) {
  RequestState& request = stream.request;
  const auto length = request.message->stream_length;
  request.message->pull.reset();
  if (!request.no_body && length && request.message->departure.body_bytes < *length) {
    stream.breaking = true;
  } else {
    stream.out_ended = true;
    request.phase = Phase::kNone;
    request.body_wanted = false;
  }
  begin_end(stream);
}

void Connection::break_stream(RequestId id, Monotonic now) {
  now_ = now;
  Stream* const stream = handled(id);
  if (!stream || stream->request.phase != Phase::kStreaming) return;
  stream->breaking = true;
  stream->request.message->pull.reset();
  begin_end(*stream);
}

void Connection::pulled(RequestId id, std::string_view piece, bool more, Monotonic now) {
  Stream* const stream = handled(id);
  if (!stream || stream->request.phase != Phase::kStreaming) return;
  now_ = now;
  stream->request.pull_out = false;
  append_piece(*stream, piece);
  if (!more) return finish_stream(*stream);
  wake(*stream);
}

/// Behind the last bytes of its body, whose frame then does not end the stream.
void Connection::submit_trailers(Stream& stream) {
  std::vector<nghttp2_nv> fields;
  for (const auto& [name, value] : stream.request.message->departure.trailers) fields.push_back(field_of(name, value));
  if (nghttp2_submit_trailer(session_.get(), static_cast<std::int32_t>(stream.id), fields.data(), fields.size()) != 0)
    throw std::bad_alloc();
}

/// The last frame of its answer stands in the output: it departs.
void Connection::on_written(Stream& stream) {
  Message* const message = std::exchange(stream.request.message, nullptr);
  if (!message) return;
  stream.request.phase = Phase::kNone;
  message->departure.answered = now_;
  message->departure.ahead = written();
  departing_.push_back(message);
  if (stream.heard_all) return;
  stream.read_away_since = now_;
  if (leaving_ != Leaving::kStays) stop_client(stream);
}

}  // namespace orrery::http::h2
