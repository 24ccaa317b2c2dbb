// Connection: the pure machine of one HTTP/2 connection. Bytes and ticks go in, steps and output come out.
//
// It has the calls of http/h1/connection, and a session drives both alike: give it what arrived (receive), ask what is
// to be done (next) until it says kWait, send what it wrote to the attached Output. Each call about a request names its
// stream. Frames, HPACK, stream states and windows are nghttp2's, of which only this folder knows; here is what a
// server decides: which requests it answers, what may be in memory, what a client may make it do, when a connection
// ends. Requests are handled side by side, and no stream waits for another one's handler or window.
//
//   state       meaning                                              leaves by
//   kOpen       frames are read and written; streams come and go     GOAWAY was told or heard and no stream is left, a
//                                                                    frame that breaks the rules -> kClosing
//   kClosing    what is written leaves                               all of it left -> kLingering, or (end)
//   kLingering  half-closed; what the client still sends is read     the client's end, the time is over -> kClosing
//               away, so that no RST reaches it
//
//   leaving     kStays -> kAsked: GOAWAY(2^31-1) and a PING are sent, and new requests are still taken;
//               kAsked -> kSaid, by the PING's answer or a second later: GOAWAY(last stream), no further requests
//
// The life of a request is in its RequestState; see Stream for what is its own here. A fault of one request ends its
// stream; a fault of the connection (framing, HPACK, a flood) ends the connection. What a body may take of memory is
// Intake's, what a client may ask for in vain is Patience's. A WebSocket is a request that
// opens a tunnel (RFC 8441): its stream has a body both ways until one side ends it. Loop thread only. In five files:
// connection.cpp (steps, what leaves), leaving.cpp (time, the end), reading.cpp, answering.cpp, and callbacks.cpp,
// through which nghttp2 calls.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/reject.hpp"
#include "http/blocked.hpp"
#include "http/context.hpp"
#include "http/h2/frame_heads.hpp"
#include "http/h2/head.hpp"
#include "http/h2/heard.hpp"
#include "http/h2/intake.hpp"
#include "http/h2/library.hpp"
#include "http/h2/patience.hpp"
#include "http/h2/stream.hpp"
#include "http/message.hpp"
#include "http/next.hpp"
#include "http/output.hpp"
#include "http/request_state.hpp"

namespace orrery::http::h2 {

/// Whom the connection is with.
struct Client {
  base::Address peer;
  base::Address sender;  ///< who opened it, as far as a PROXY header tells; else the peer
  bool secure = false;   ///< it speaks TLS
  /// What it has agreed on; lives longer than the connection. Null: it does not speak TLS.
  const std::shared_ptr<const TlsFacts>* tls = nullptr;
};

/// Whether clients are told that they may open WebSockets: where no route is one, the setting would only mislead them.
inline bool has_web_sockets(const Context& context) {
  return std::any_of(context.routes.begin(), context.routes.end(), [](const Route& one) { return one.websocket; });
}

class Connection {
 public:
  /// Its first frame, SETTINGS, is written by the next call of next().
  Connection(Context& context, const Client& client, base::Monotonic now);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Where to write; must be attached while any call that may write is made.
  void attach(Output* output) { output_ = output; }

  // --- in: the connection ---
  /// Bytes that arrived, from the client's preface on. Nothing of them is kept by reference.
  void receive(std::string_view bytes, base::Monotonic now);
  /// The peer sends nothing more. What it asked for whole is still answered.
  void receive_end();
  /// The peer will send nothing more; what it has sent may not be received yet. Its requests that are being handled are
  /// cancelled (Config::client_half_close).
  void notice_end();
  /// Decides what to do. Call until kWait.
  Next next(base::Monotonic now);
  /// The turn is over: no call follows until something happens.
  void settle() {
    if (quiet_ && idle()) session_.rest();
  }
  /// The socket took `bytes` more; `unsent` of what was in the outputs up to now wait for it.
  void output_sent(std::size_t bytes, std::size_t unsent, base::Monotonic now);
  /// After a kLinger: everything is sent, and the client has been told that nothing more comes.
  void linger(base::Monotonic now);
  /// The connection broke: tells the handlers and the observer, forgets the rest. `unanswered`: the status of requests
  /// that got none, in the log.
  void abandon(base::Monotonic now, int unanswered = kClientLeft);

  // --- in: the handlers; what names a request that is over does nothing ---
  /// Answers the request. False when it was answered already, or reset: nothing happens.
  bool respond(RequestId id, Response&& response, base::Monotonic now);
  /// Answers it with the reason's status; where that is 0 or too late, resets it.
  [[gnu::cold]] void refuse(RequestId id, base::Reject reason, base::Monotonic now,
                            std::chrono::seconds retry_after = {});
  /// Sends 103 (RFC 8297) with these values of Link fields in front of the answer.
  [[gnu::cold]] void send_early_hints(RequestId id, const std::vector<std::string>& links, base::Monotonic now);
  /// Sends the head of a response whose body comes by send_piece(). Returns false if the request was answered already,
  /// or if the head cannot be sent or a layer failed (then 500 is sent).
  bool start_stream(RequestId id, Response head, base::Monotonic now);
  /// The same for a request that opens a tunnel (RFC 8441), which others never are: false. What its client sends from
  /// then on is the body of that request.
  [[gnu::cold]] bool start_tunnel(RequestId id, Response head, base::Monotonic now);
  void send_piece(RequestId id, std::string_view piece, base::Monotonic now);
  /// With the trailers that its message's departure has.
  void end_stream(RequestId id, base::Monotonic now);
  /// The response cannot go on: its stream is reset behind what was written of it.
  void break_stream(RequestId id, base::Monotonic now);
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
  /// The worker is leaving: no further requests, and the end once those that are here are answered.
  void drain(base::Monotonic now);
  /// Close now if no request is going on, to make room. The client is owed a farewell().
  bool close_if_idle();
  /// GOAWAY: which requests were taken, for the client of a connection that is closed without a turn.
  [[nodiscard]] std::string farewell() const;

  // --- state ---
  /// The request of this name; null when it is over, or has not begun.
  [[nodiscard]] Message* message(RequestId id) const;
  [[nodiscard]] bool wants_input() const;
  [[nodiscard]] bool idle() const {
    return state_ == State::kOpen && streams_.empty() && leaving_ == Leaving::kStays && !reading_head();
  }
  /// The client has not taken all of what was written.
  [[nodiscard]] bool blocked() const { return static_cast<bool>(blocked_); }
  /// Bytes of which output_sent() has not told that they left.
  [[nodiscard]] std::size_t unsent() const { return unsent_; }
  /// Of this request's response: bytes that wait for the client's window.
  [[nodiscard]] std::uint64_t behind(RequestId id) const;
  /// What its library remembers is stowed, until the next call that needs it.
  [[nodiscard]] bool resting() const { return session_.resting(); }
  [[nodiscard]] bool handling() const;
  [[nodiscard]] bool streaming() const;
  [[nodiscard]] bool streaming(RequestId id) const;
  [[nodiscard]] bool lingering() const { return state_ == State::kLingering; }
  /// Whatever comes is read away.
  [[nodiscard]] bool deaf() const { return state_ != State::kOpen; }
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool left() const { return left_; }
  [[nodiscard]] base::Monotonic idle_since() const { return phase_started_; }

 private:
  friend struct Callbacks;
  using Streams = std::vector<OwnedStream>;
  using Phase = RequestState::Phase;
  enum class State : std::uint8_t { kOpen, kClosing, kLingering };
  enum class Leaving : std::uint8_t { kStays, kAsked, kSaid };
  /// Whether the client may still send, so that a close would reset the connection.
  enum class Linger : std::uint8_t { kNo, kBriefly, kYes };

  // connection.cpp
  void introduce();
  Next next_of_ending() const;
  Next next_of_ready();
  Next next_of(Stream& stream);
  Next next_of_gone(Stream& stream);
  void write_frames();
  void fail(int error);
  [[gnu::cold]] void give_up(base::Reject reason, std::uint32_t error);
  void tell_fault(base::Reject reason);
  [[nodiscard]] bool over() const;
  void close(Linger linger);
  [[nodiscard]] bool reading_head() const { return head_started_ != base::Monotonic{}; }
  [[nodiscard]] Streams::const_iterator place_of(RequestId id) const;
  [[nodiscard]] Stream* find(RequestId id) const;
  [[nodiscard]] Stream* handled(RequestId id) const;
  void wake(Stream& stream);
  Message& take_departed();
  void forget(RequestId id);
  void depart(std::uint64_t bytes, base::Monotonic blocked_until);
  void report(Message& message, std::uint64_t body_bytes, base::Monotonic now);
  [[gnu::cold]] void break_off(Stream& stream, int unanswered);
  [[nodiscard]] std::uint64_t written() const { return sent_ + unsent_ + (output_ ? output_->size() : 0); }

  // leaving.cpp
  [[nodiscard]] std::string goaway(std::uint32_t error) const;
  [[nodiscard]] base::Monotonic deadline_of(const Stream& stream) const;
  [[nodiscard]] base::Monotonic idle_deadline() const;
  void expire_stream(Stream& stream);
  void begin_leaving();
  void ask_for_round_trip();
  void say_last();

  // reading.cpp
  Stream& begin_request(RequestId id);
  void take_head(Stream& stream, bool ended);
  void expect_web_socket(Message& message);
  std::optional<base::Reject> understand_head(Stream& stream, bool ended);
  void hear_priority(Stream& stream);
  void take_trailers(Stream& stream, bool ended);
  void take_data(Stream& stream, std::string_view bytes);
  void read_away(Stream& stream, std::uint64_t bytes);
  void stop_client(Stream& stream);
  void end_body(Stream& stream);
  void make_room(Stream& stream);
  void spool(Stream& stream);
  void open_window(Stream& stream);
  void consume(Stream& stream, std::uint64_t bytes);
  void offer_to_continue(Stream& stream);
  void on_stream_closed(RequestId id, std::uint32_t error);
  bool is_tolerable(const FrameHead& frame);
  void judge_stream(const FrameHead& frame, bool ends);
  void find_fault(base::Reject reason, std::uint32_t error);
  void on_reset(RequestId id);

  // answering.cpp
  void write_response(Stream& stream, Response&& response, base::Monotonic now);
  void write_sendable(Stream& stream, Response&& response, base::Monotonic now);
  void begin_stream(Stream& stream, Response head);
  void begin_departure(Stream& stream, int status);
  void submit_head(Stream& stream, const Response& response, bool with_body);
  unsigned indexing_of_id();
  void append_piece(Stream& stream, std::string_view piece);
  void finish_stream(Stream& stream);
  void begin_wait(Stream& stream);
  void begin_end(Stream& stream);
  void resume(Stream& stream);
  [[gnu::cold]] void submit_trailers(Stream& stream);
  void on_written(Stream& stream);
  [[gnu::cold]] void reject(Stream& stream, base::Reject reason, std::chrono::seconds retry_after = {});
  [[gnu::cold]] void reset(Stream& stream, std::uint32_t error);

  Context& context_;
  Client client_;
  Output* output_ = nullptr;
  Library session_;
  FrameHeads frame_heads_;
  Head head_;
  Intake intake_;
  Heard said_;
  Patience frames_;  ///< that carry nothing
  Patience resets_;
  Streams streams_;                  ///< in the order of their ids
  std::vector<RequestId> ready_;     ///< streams that may have a step, the first first
  std::vector<Message*> departing_;  ///< answers that are written and have not left, in order
  base::Monotonic now_;              ///< of the call that is under way
  base::Monotonic phase_started_;    ///< idle since, lingering since
  base::Monotonic head_started_{};   ///< a header block is here in part; the epoch = none is
  base::Monotonic leaving_since_{};
  base::Monotonic heard_{};            ///< while lingering: when the client last sent something
  Blocked blocked_;                    ///< what was written
  std::uint64_t sent_ = 0;             ///< bytes that left, all in all
  std::size_t unsent_ = 0;             ///< bytes that were flushed and have not left
  std::optional<base::Reject> fault_;  ///< for which a callback has stopped the library
  std::uint32_t fault_error_ = 0;      ///< what the client is told of it
  RequestId last_ = 0;                 ///< the latest request that was taken
  std::int64_t id_indexed_ = -1;       ///< second of the Date at which a request's id went into the compressor's table
  std::size_t continuations_ = 0;      ///< of the header block that is read
  State state_ = State::kOpen;
  Leaving leaving_ = Leaving::kStays;
  Linger linger_ = Linger::kNo;
  bool quiet_ = false;      ///< nothing was said for so long that its memory may be stowed
  bool no_memory_ = false;  ///< a callback has stopped the library for want of it
  bool told_fault_ = false;
  bool ended_ = false;  ///< the peer sends no more
  bool left_ = false;   ///< its end was noticed while a request was handled
  bool draining_ = false;
  bool broken_ = false;
};

}  // namespace orrery::http::h2
