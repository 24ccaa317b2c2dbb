// What of a session's requests goes on piece by piece: responses that are written, pulled or broken off, bodies that
// are read, and who waits until there is room. Part of class Session.
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "worker/dispatch.hpp"
#include "worker/reply.hpp"
#include "worker/session.hpp"

namespace orrery::worker {

using http::RequestId;

namespace {

constexpr std::size_t kStreamBehind = 64 * 1024;

}  // namespace

void Session::pulled(RequestId request, std::string_view piece, bool more, http::FieldList trailers) {
  run_turn([&] {
    keep_trailers(request, std::move(trailers));
    connection_.pulled(request, piece, more, now_);
  });
}

void Session::break_stream(RequestId request) {
  run_turn([&] { connection_.break_stream(request, now_); });
}

template <class Start>
bool Session::start_pieces(RequestId request, const std::shared_ptr<Outlet>& outlet, Start&& start) {
  bool started = false;
  run_turn([&] {
    started = start();
    if (started) ongoing(request).outlet = outlet;
  });
  // A connection that came in the moment before the worker was asked to leave: its handler is about to say what it
  // wants to hear.
  if (started && connection_.draining()) later([](Session& session) { session.tell_draining(); });
  return started && !closed_;
}

bool Session::start_stream(RequestId request, Response head, std::shared_ptr<Outlet> outlet) {
  return start_pieces(request, outlet, [&] { return connection_.start_stream(request, std::move(head), now_); });
}

bool Session::start_tunnel(RequestId request, Response head, std::shared_ptr<Outlet> outlet) {
  return start_pieces(request, outlet, [&] { return connection_.start_tunnel(request, std::move(head), now_); });
}

bool Session::write_piece(RequestId request, std::string_view piece) {
  if (closed_ || !connection_.streaming(request)) return false;
  const std::uint64_t waiting = transport_.queued() + (output_ ? output_->size() : 0) + connection_.behind(request);
  if (waiting > kStreamBehind) {
    ongoing(request).wants_drain = true;
    return false;
  }
  run_turn([&] { connection_.send_piece(request, piece, now_); });
  return !closed_;
}

void Session::end_stream(RequestId request, http::FieldList trailers) {
  run_turn([&] {
    keep_trailers(request, std::move(trailers));
    connection_.end_stream(request, now_);
  });
}

void Session::keep_trailers(RequestId request, http::FieldList&& trailers) {
  if (trailers.empty() || !connection_.streaming(request)) return;
  connection_.message(request)->departure.trailers = std::move(trailers);
}

void Session::want_body(RequestId request, BodyReader::Callback callback) {
  if (ongoing(request).body_ended) return tell_reader(callback, {BodyPiece::Kind::kEnd, {}});
  // Kept: the reader may end the request.
  if (const auto stored = message(request).stored()) {
    ongoing(request).body_ended = true;
    return tell_reader(callback, {BodyPiece::Kind::kData, stored->bytes()});
  }
  ongoing(request).body_callback = std::move(callback);
  run_turn([&] { connection_.want_body(request, now_); });
}

void Session::end_spooling(RequestId request, std::shared_ptr<const http::StoredBody> stored) {
  run_turn([&] {
    message(request).store(std::move(stored));
    ongoing_.take(request);  // the next reader begins anew
    connection_.end_spooling(request, now_);
    services_.dispatch->request(*this, request);
  });
}

void Session::deliver_body(RequestId request) {
  http::BodyRead read = connection_.take_body_piece(request);
  const auto callback = std::exchange(ongoing(request).body_callback, {});
  if (!callback) return;
  // The last bytes and the end are one piece for the connection and two for the reader.
  if (read.bytes.empty()) return tell_reader(callback, {BodyPiece::Kind::kEnd, {}});
  ongoing(request).body_ended = read.last;
  tell_reader(callback, {BodyPiece::Kind::kData, read.bytes});
}

Ongoing::Pieces* Session::find_drained() const {
  return ongoing_.find_if([this](const auto& one) { return one.wants_drain && !behind(one.request); });
}

void Session::tell_drained() {
  while (Ongoing::Pieces* const one = closed_ ? nullptr : find_drained()) {
    one->wants_drain = false;
    if (const auto outlet = one->outlet.lock()) outlet->tell_drained();
  }
}

/// HTTP/1.1 has one request at a time, and keeps the place of the one before.
Ongoing::Pieces& Session::ongoing(RequestId request) { return ongoing_.of(request, !connection_.speaks_http2()); }

}  // namespace orrery::worker
