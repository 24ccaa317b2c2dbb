// Conversation: the machine of one connection: that of HTTP/1.1, or that of HTTP/2 once the client has chosen it.
//
// Every connection begins with the machine of HTTP/1.1, which lies in it; that of HTTP/2 is made when ALPN or the
// client's preface asks for it, and everything goes to it from then on. A connection of HTTP/1.1 has a pointer that is
// null, so each call costs one branch. Both machines have the same calls; what only one has is said where it stands.
// Loop thread only; it decides nothing, and knows neither sockets nor TLS.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arrival.hpp"
#include "http/h1/connection.hpp"
#include "http/h2/connection.hpp"
#include "http/next.hpp"
#include "http/output.hpp"

namespace orrery::worker {

class Conversation {
 public:
  using RequestId = http::RequestId;
  using Monotonic = base::Monotonic;
  using Rest = http::h1::Connection::Rest;

  Conversation(http::Context& context, http::h1::DecoderPool& decoders, const base::Arrival& arrival,
               Monotonic accepted)
      : context_(context), h1_(context, decoders, arrival.peer, arrival.reception.proxy, accepted) {}

  // --- the choice ---
  void secure() { h1_.secure(); }
  void tell_tls(const std::shared_ptr<const TlsFacts>& facts) { h1_.tell_tls(facts); }
  void expect_request() { h1_.expect_request(); }
  /// HTTP/2 was agreed on before the first byte, perhaps after the worker was told to leave.
  void begin_http2(http::Output* output, Monotonic now) {
    make_http2(output, now);
    if (h1_.draining()) h2_->drain(now);
  }
  void make_http2(http::Output* output, Monotonic now) {
    h2_ = std::make_unique<http::h2::Connection>(
        context_, http::h2::Client{h1_.peer(), h1_.sender(), h1_.is_secure(), h1_.tls()}, now);
    h2_->attach(output);
    h1_.attach(nullptr);
  }
  /// After a kHttp2: the client's first bytes were those of HTTP/2.
  void go_on_in_http2(http::Output* output, Monotonic now) {
    const std::string unread = h1_.take_unread();
    make_http2(output, now);
    h2_->receive(unread, now);
    if (h1_.draining()) h2_->drain(now);
    if (h1_.ended()) h2_->receive_end();
  }
  [[nodiscard]] bool speaks_http2() const { return h2_ != nullptr; }
  /// tell_tls() was called.
  [[nodiscard]] bool agreed_tls() const { return h1_.tls() != nullptr; }

  // --- what only HTTP/1.1 has ---
  void refuse_first(base::Reject reason, Monotonic now) { h1_.refuse_first(reason, now); }
  void hang_up() { h1_.hang_up(); }
  [[nodiscard]] std::optional<Rest> rest() const { return h2_ ? std::nullopt : h1_.rest(); }
  void resume(const Rest& rest) { h1_.resume(rest); }

  // --- in: the connection ---
  void attach(http::Output* output) { h2_ ? h2_->attach(output) : h1_.attach(output); }
  void receive(std::string_view bytes, Monotonic now) { h2_ ? h2_->receive(bytes, now) : h1_.receive(bytes, now); }
  void receive_end() { h2_ ? h2_->receive_end() : h1_.receive_end(); }
  void notice_end() { h2_ ? h2_->notice_end() : h1_.notice_end(); }
  http::Next next(Monotonic now) { return h2_ ? h2_->next(now) : h1_.next(now); }
  void settle() { h2_ ? h2_->settle() : h1_.settle(); }
  void output_sent(std::size_t bytes, std::size_t unsent, Monotonic now) {
    h2_ ? h2_->output_sent(bytes, unsent, now) : h1_.output_sent(bytes, unsent, now);
  }
  void linger(Monotonic now) { h2_ ? h2_->linger(now) : h1_.linger(now); }
  void abandon(Monotonic now, int unanswered = http::kClientLeft) {
    h2_ ? h2_->abandon(now, unanswered) : h1_.abandon(now, unanswered);
  }

  // --- in: the handlers ---
  bool respond(RequestId id, Response&& response, Monotonic now) {
    return h2_ ? h2_->respond(id, std::move(response), now) : h1_.respond(id, std::move(response), now);
  }
  void refuse(RequestId id, base::Reject reason, Monotonic now, std::chrono::seconds retry_after) {
    h2_ ? h2_->refuse(id, reason, now, retry_after) : h1_.refuse(id, reason, now, retry_after);
  }
  [[gnu::cold]] void send_early_hints(RequestId id, const std::vector<std::string>& links, Monotonic now) {
    h2_ ? h2_->send_early_hints(id, links, now) : h1_.send_early_hints(id, links);
  }
  bool start_stream(RequestId id, Response head, Monotonic now) {
    return h2_ ? h2_->start_stream(id, std::move(head), now) : h1_.start_stream(id, std::move(head), now);
  }
  bool start_tunnel(RequestId id, Response head, Monotonic now) {
    return h2_ ? h2_->start_tunnel(id, std::move(head), now) : h1_.start_tunnel(id, std::move(head), now);
  }
  void send_piece(RequestId id, std::string_view piece, Monotonic now) {
    h2_ ? h2_->send_piece(id, piece, now) : h1_.send_piece(id, piece);
  }
  void end_stream(RequestId id, Monotonic now) { h2_ ? h2_->end_stream(id, now) : h1_.end_stream(id, now); }
  void break_stream(RequestId id, Monotonic now) { h2_ ? h2_->break_stream(id, now) : h1_.break_stream(id); }
  void pulled(RequestId id, std::string_view piece, bool more, Monotonic now) {
    h2_ ? h2_->pulled(id, piece, more, now) : h1_.pulled(id, piece, more, now);
  }
  void want_body(RequestId id, Monotonic now) { h2_ ? h2_->want_body(id, now) : h1_.want_body(id, now); }
  http::BodyRead take_body_piece(RequestId id) { return h2_ ? h2_->take_body_piece(id) : h1_.take_body_piece(id); }

  void end_spooling(RequestId id, Monotonic now) { h2_ ? h2_->end_spooling(id, now) : h1_.end_spooling(id, now); }

  // --- in: time and retirement ---
  [[nodiscard]] Monotonic deadline() const { return h2_ ? h2_->deadline() : h1_.deadline(); }
  void expire(Monotonic now) { h2_ ? h2_->expire(now) : h1_.expire(now); }
  void drain(Monotonic now) { h2_ ? h2_->drain(now) : h1_.drain(now); }
  bool close_if_idle() { return h2_ ? h2_->close_if_idle() : h1_.close_if_idle(); }
  /// What the client of a connection is told that closes between two turns; HTTP/1.1 has nothing to say.
  [[nodiscard]] std::string farewell() const { return h2_ ? h2_->farewell() : std::string{}; }

  // --- state ---
  [[nodiscard]] http::Message* message(RequestId id) const { return h2_ ? h2_->message(id) : h1_.message(id); }
  [[nodiscard]] bool wants_input() const { return h2_ ? h2_->wants_input() : h1_.wants_input(); }
  [[nodiscard]] bool idle() const { return h2_ ? h2_->idle() : h1_.idle(); }
  [[nodiscard]] bool blocked() const { return h2_ ? h2_->blocked() : h1_.blocked(); }
  [[nodiscard]] std::size_t unsent() const { return h2_ ? h2_->unsent() : h1_.unsent(); }
  /// Bytes of this response that the connection itself still keeps from the socket.
  [[nodiscard]] std::uint64_t behind(RequestId id) const { return h2_ ? h2_->behind(id) : 0; }
  [[nodiscard]] bool handling() const { return h2_ ? h2_->handling() : h1_.handling(); }
  [[nodiscard]] bool streaming() const { return h2_ ? h2_->streaming() : h1_.streaming(); }
  [[nodiscard]] bool streaming(RequestId id) const { return h2_ ? h2_->streaming(id) : h1_.streaming(id); }
  [[nodiscard]] bool lingering() const { return h2_ ? h2_->lingering() : h1_.lingering(); }
  [[nodiscard]] bool deaf() const { return h2_ ? h2_->deaf() : h1_.deaf(); }
  [[nodiscard]] bool draining() const { return h2_ ? h2_->draining() : h1_.draining(); }
  [[nodiscard]] bool broken() const { return h2_ ? h2_->broken() : h1_.broken(); }
  [[nodiscard]] bool ended() const { return h2_ ? h2_->ended() : h1_.ended(); }
  [[nodiscard]] bool left() const { return h2_ ? h2_->left() : h1_.left(); }
  [[nodiscard]] Monotonic idle_since() const { return h2_ ? h2_->idle_since() : h1_.idle_since(); }
  [[nodiscard]] const base::Address& peer() const { return h1_.peer(); }
  [[nodiscard]] const base::Address& sender() const { return h1_.sender(); }

 private:
  http::Context& context_;
  http::h1::Connection h1_;
  std::unique_ptr<http::h2::Connection> h2_;
};

}  // namespace orrery::worker
