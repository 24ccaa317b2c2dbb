// Connection: the pure machine of one HTTP/1.1 connection. Bytes and ticks go in, steps and output come out.
//
// It owns no socket, reads no clock and knows no event loop: a session (or a test, or a fuzzer) drives it. Give it what
// arrived (receive), ask what is to be done (next) until it says kWait, send what it wrote to the attached Output, and
// before the received bytes go away call settle(). Requests of one connection are handled one at a time, in order;
// bytes behind the current request wait in the buffer, and behind a refused one are never read.
//
//   state       phase       meaning                                   leaves by
//   kOpen       kNone       between requests; holds no Message        first byte -> kHead; drain, the peer's end
//                                                                     -> kClosing
//               kHead       part of a head is here, or of the PROXY   whole -> kBody | kHandling (of a PROXY header:
//                           header in front of the first one          kNone); refused -> kClosing
//               kBody       a body is read that is handed over whole  complete -> kHandling; too large, malformed
//                                                                     -> kClosing
//               kHandling   a handler has the request                 respond() -> kNone | kDiscard | kClosing;
//                                                                     a stream -> kStreaming
//               kStreaming  the response body comes piece by piece    last piece -> as from kHandling; broken off
//                                                                     -> kClosing
//               kDiscard    answered; the unread body is read away    complete -> kNone; too much -> kClosing
//   kClosing    kNone       what is written leaves, and only what     all of it left -> kLingering, or (end)
//                           the client still sends is read
//   kLingering  kNone       half-closed, and the client still sends:  the client's end, the time is over -> kClosing
//                           read away, so that no RST reaches it
//   kHttp2      kNone       its first bytes open HTTP/2: it is over   -
//
// The phase is that of the one request that HTTP/1.1 has at a time: see RequestState, which has what is not HTTP/1.1.
// An answer that is written *departs*: the observer hears of it when its last byte has left, or the connection broke
// before. Every deadline is a total (see deadline()): more bytes never push it further than their time at `min_rate`.
// Loop thread only. In three files: connection.cpp (steps, time), reading.cpp and answering.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/reject.hpp"
#include "http/blocked.hpp"
#include "http/context.hpp"
#include "http/h1/decoder.hpp"
#include "http/h1/proxy_header.hpp"
#include "http/h1/writer.hpp"
#include "http/message.hpp"
#include "http/next.hpp"
#include "http/output.hpp"
#include "http/request_state.hpp"

namespace orrery::http::h1 {

class Connection {
 public:
  Connection(Context& context, DecoderPool& decoders, const base::Address& peer, ProxyProtocol proxy,
             base::Monotonic accepted);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Where to write; must be attached while any call that may write is made.
  void attach(Output* output) { output_ = output; }

  // --- in: the connection, before its first request ---
  /// It speaks TLS: what is asked on it is asked over https.
  void secure() { secure_ = true; }
  /// What it has agreed on; lives longer than this.
  void tell_tls(const std::shared_ptr<const TlsFacts>& facts) { tls_ = &facts; }
  /// Its first bytes are those of a request, whatever proxy_protocol= says: a PROXY header could only stand before
  /// them.
  void expect_request() { proxy_ = ProxyProtocol::kOff; }
  /// Behind a kHttp2: what has come, for the machine that goes on. This one is over.
  [[gnu::cold]] std::string take_unread();
  /// Refuses what the client began with, which is not for receive().
  [[gnu::cold]] void refuse_first(base::Reject reason, base::Monotonic now);
  /// Nothing can be said to the client. What it still sends is read away.
  [[gnu::cold]] void hang_up() {
    if (!deaf()) close(Linger::kBriefly);
  }

  // --- in: the connection ---
  /// Bytes that arrived. They are not copied until settle().
  void receive(std::string_view bytes, base::Monotonic now) {
    if (deaf() || !input_.empty()) return receive_beside(bytes, now);
    if (request_.phase == Phase::kNone && !first_) phase_started_ = now;
    input_ = bytes;
  }
  /// The peer sends nothing more. What it asked for before is still answered.
  void receive_end() {
    ended_ = true;
    notice_end();
  }
  /// The peer will send nothing more; what it has sent may not be received yet. Its request that is being handled, or
  /// waits for its handler, is cancelled (Config::client_half_close), but not those that are pipelined behind it.
  void notice_end();
  /// Decides what to do. Call until kWait.
  Next next(base::Monotonic now);
  /// The bytes given to receive() are about to go away.
  void settle() {
    if (request_.message || departing_ || !input_.empty() || stored_) keep_bytes();
  }
  /// The socket took `bytes` more; `unsent` of what was in the outputs up to now wait for it. While some do, the
  /// connection starts nothing new.
  void output_sent(std::size_t bytes, std::size_t unsent, base::Monotonic now);
  /// After a kLinger: everything is sent, and the client has been told that nothing more comes.
  void linger(base::Monotonic now);
  /// The connection broke: tells the handler and the observer, forgets the rest. `unanswered`: the status of a request
  /// that got none, in the log.
  void abandon(base::Monotonic now, int unanswered = kClientLeft);

  // --- in: the handler; what names a request that is over does nothing ---
  /// Answers the request. False when it was answered already (a late answer): nothing happens.
  bool respond(RequestId id, Response&& response, base::Monotonic now);
  /// Answers it with the reason's status, and closes. `retry_after`: when to try again; 0 = not said.
  [[gnu::cold]] void refuse(RequestId id, base::Reject reason, base::Monotonic now,
                            std::chrono::seconds retry_after = {});
  /// Sends 103 (RFC 8297) with these values of Link fields in front of the answer; nothing to HTTP/1.0.
  [[gnu::cold]] void send_early_hints(RequestId id, const std::vector<std::string>& links);
  /// Sends the head of a response whose body comes by send_piece(). Returns false if the request was answered already,
  /// or if the head cannot be sent or a layer failed (then 500 is sent).
  bool start_stream(RequestId id, Response head, base::Monotonic now);
  /// The same, for a head that becomes a 101, and names the protocol in Upgrade; layers may answer otherwise. From here
  /// on the connection is no HTTP any more. What the client sends comes as the body of the request, as it is, and
  /// pieces leave as they are, until the end of the stream, with which the connection ends.
  [[gnu::cold]] bool start_tunnel(RequestId id, Response head, base::Monotonic now);
  void send_piece(RequestId id, std::string_view piece);
  /// With the trailers that its message's departure has, where they can stand.
  void end_stream(RequestId id, base::Monotonic now);
  /// The stream cannot go on: the connection is closed so that the client sees the break.
  void break_stream(RequestId id);
  /// The result of a kPull.
  void pulled(RequestId id, std::string_view piece, bool more, base::Monotonic now);
  /// The handler asks for the next piece of the request body.
  void want_body(RequestId id, base::Monotonic now);
  BodyRead take_body_piece(RequestId id);
  /// Its spooled body is whole: its handler is about to be called.
  void end_spooling(RequestId id, base::Monotonic now);

  // --- in: time and retirement ---
  /// The nearest moment at which expire() has something to do.
  [[nodiscard]] base::Monotonic deadline() const;
  void expire(base::Monotonic now);
  /// The worker is leaving: close when idle, else after the current response; soon when nothing ever came, or comes any
  /// more.
  void drain(base::Monotonic now);
  /// Close now if no request is going on, to make room or because idle time is over.
  bool close_if_idle();

  // --- in, out: the connection's change of owner ---
  /// What the next owner of a connection between two requests must know.
  struct Rest {
    base::Monotonic since;       ///< idle_since()
    std::uint32_t requests = 0;  ///< begun so far
    base::Address sender;
    ProxyProtocol proxy = ProxyProtocol::kOff;  ///< what its first bytes still have to be
  };
  /// Nothing when bytes of a request, or of an answer, are here.
  [[nodiscard]] std::optional<Rest> rest() const;
  /// Goes on where another machine rested; before anything else happens.
  void resume(const Rest& rest);

  // --- state ---
  /// The request of this name; null when it is over, or has not begun.
  [[nodiscard]] Message* message(RequestId id) const { return request_.is(id) ? request_.message : nullptr; }
  /// What is read or answered now, named or not yet; null between two requests.
  [[nodiscard]] const Message* current() const { return request_.message; }
  [[nodiscard]] bool wants_input() const {
    if (ended_ || broken_) return false;
    if (deaf()) return linger_ != Linger::kNo;
    return input_.empty() && (!blocked() || request_.phase == Phase::kDiscard);
  }
  [[nodiscard]] bool idle() const { return state_ == State::kOpen && request_.phase == Phase::kNone && input_.empty(); }
  /// The client has not taken all of what was answered.
  [[nodiscard]] bool blocked() const { return static_cast<bool>(blocked_); }
  /// Bytes of which output_sent() has not told that they left.
  [[nodiscard]] std::size_t unsent() const { return unsent_; }
  /// A handler has a request: whether it answers is not known yet.
  [[nodiscard]] bool handling() const { return request_.phase == Phase::kHandling; }
  /// The response to this request comes piece by piece, and is not whole yet.
  [[nodiscard]] bool streaming(RequestId id) const { return streaming() && request_.is(id); }
  [[nodiscard]] bool streaming() const { return request_.phase == Phase::kStreaming; }
  [[nodiscard]] bool closing() const { return state_ == State::kClosing; }
  [[nodiscard]] bool lingering() const { return state_ == State::kLingering; }
  /// Whatever comes is read away.
  [[nodiscard]] bool deaf() const { return state_ != State::kOpen; }
  /// The worker is leaving.
  [[nodiscard]] bool draining() const { return draining_; }
  /// Abandoned: what is not sent yet is not worth sending.
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] bool ended() const { return ended_; }
  /// The client closed its side while a request was handled; those that it had pipelined behind it are still served.
  [[nodiscard]] bool left() const { return left_; }
  [[nodiscard]] base::Monotonic idle_since() const { return phase_started_; }
  [[nodiscard]] const base::Address& peer() const { return peer_; }
  [[nodiscard]] bool is_secure() const { return secure_; }
  [[nodiscard]] const std::shared_ptr<const TlsFacts>* tls() const { return tls_; }
  /// Who opened the connection, as far as its PROXY header tells; else the peer.
  [[nodiscard]] const base::Address& sender() const { return sender_; }

 private:
  using Phase = RequestState::Phase;
  enum class State : std::uint8_t { kOpen, kClosing, kLingering, kHttp2 };
  /// Whether the client may still send, so that a close would reset the connection.
  enum class Linger : std::uint8_t { kNo, kBriefly, kYes };
  enum class Advance : std::uint8_t { kNeedsMore, kAdvanced };

  /// While it is deaf, or other bytes are still to be read.
  [[gnu::cold]] void receive_beside(std::string_view bytes, base::Monotonic now);
  void keep_bytes();
  Next next_of_ending();
  Advance await_bytes();
  void begin_message(base::Monotonic now);
  [[gnu::cold]] Advance hold_part(std::size_t before);
  [[gnu::cold]] Advance read_proxy_header(base::Monotonic now);
  std::optional<base::Reject> judge_proxy_header(const ProxyHeader& header);
  Advance read_head(base::Monotonic now);
  [[gnu::cold]] bool leave_to_http2(std::string_view head, base::Reject reason);
  bool skip_empty_lines();
  Advance take_head(std::string_view head, std::size_t length, base::Monotonic now);
  /// Layers may answer before a handler does, and where there is no handler the server itself does.
  void answer_early(base::Monotonic now);
  std::optional<base::Reject> understand_head(std::size_t length);
  void note_request_line(std::string_view head);
  Advance read_body(base::Monotonic now);
  std::optional<base::Reject> feed_body();
  void offer_to_continue();
  Next step_body_wanted(base::Monotonic now);

  ConnectionField settle_connection(const Response& response);
  Frame frame_for(const Response& response);
  void write_response(Response&& response, base::Monotonic now);
  [[gnu::always_inline]] inline void write_body(Response& response, std::uint64_t size);
  void write_sendable(Response&& response, base::Monotonic now);
  void begin_stream(Response head, base::Monotonic now);
  void append_piece(std::string_view piece);
  void finish_stream(base::Monotonic now);
  [[gnu::cold]] void reject(base::Reject reason, base::Monotonic now, std::chrono::seconds retry_after = {});
  void begin_departure(int status);
  void answered(base::Monotonic now);
  [[gnu::always_inline]] inline void report(Message& message, std::uint64_t body_bytes, base::Monotonic now);
  void output_sent_in_parts(std::size_t bytes, std::size_t unsent, base::Monotonic now);
  void depart(std::uint64_t bytes, base::Monotonic blocked_until);
  [[gnu::cold]] void break_off(int unanswered, base::Monotonic now);
  void finish(bool surprised, base::Monotonic now);
  void close(Linger linger);
  void enlist(Message& message);
  Message* take_departed();
  void drop_request();
  [[nodiscard]] Linger after_answer() const;
  [[nodiscard]] bool may_keep() const;

  Context& context_;
  DecoderPool& decoders_;
  Output* output_ = nullptr;
  RequestState request_;
  std::unique_ptr<Decoder> decoder_;     ///< of the request that is not finished
  std::string_view input_;               ///< received, not yet read
  std::unique_ptr<std::string> stored_;  ///< what input_ points into, when it outlived its receive()
  base::Monotonic phase_started_;        ///< idle since, head since, write blocked…: see deadline()
  Blocked blocked_;                      ///< what was written
  std::size_t unsent_ = 0;               ///< bytes that were flushed and have not left
  Message* departing_ = nullptr;         ///< the last of the ring of those whose answer is written and has not left
  base::Monotonic heard_{};              ///< while lingering: when the client last sent something
  const std::shared_ptr<const TlsFacts>* tls_ = nullptr;
  base::Address peer_;
  base::Address sender_;
  ProxyProtocol proxy_;  ///< what the first bytes must be; kOff once that is settled
  State state_ = State::kOpen;
  std::uint8_t empty_lines_ = 0;
  bool secure_ = false;
  bool first_ = true;   ///< no request has begun on this connection
  bool ended_ = false;  ///< the peer sends no more
  Linger linger_ = Linger::kNo;
  bool keep_ = false;  ///< the connection goes on after this response
  // Each idle connection has these, and few look at them: they share a byte.
  bool left_ : 1 = false;  ///< its end was noticed while a request was handled
  bool draining_ : 1 = false;
  bool broken_ : 1 = false;
  bool breaking_ : 1 = false;       ///< the stream cannot go on; what is written is flushed first
  bool ends_by_close_ : 1 = false;  ///< nothing but the connection's end tells that of the response
};

}  // namespace orrery::http::h1
