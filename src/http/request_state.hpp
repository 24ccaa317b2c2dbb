// RequestState: one request's life apart from its connection: its phase, what its handler waits for, its deadlines.
//
//   phase       meaning                                    what follows
//   kNone       there is no request                        kHead
//   kHead       its head arrives; it has no name yet       kBody | kHandling
//   kBody       a body that is handed over whole arrives   kHandling
//   kHandling   a handler has the request                  kStreaming, or it is answered: kNone | kDiscard
//   kStreaming  the response body comes piece by piece     answered: kNone | kDiscard
//   kDiscard    answered; the unread body is read away     kNone
//
// The same for every protocol. A connection of HTTP/1.1 has one, and says what bytes move it; a connection of HTTP/2
// has one for each stream. It must never know how a byte looks on the wire. Pure; loop thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/config.hpp"
#include "orrery/response.hpp"

#include "base/clock.hpp"
#include "base/reject.hpp"
#include "http/context.hpp"
#include "http/message.hpp"
#include "http/next.hpp"

namespace orrery::http {

/// The moment at which `allowed` is over, prolonged by the time that `bytes` need at `min_rate` bytes a second.
base::Monotonic prolonged(base::Monotonic start, std::chrono::milliseconds allowed, std::uint64_t bytes,
                          std::size_t min_rate);

/// In the access log only: nginx's status for a client that did not wait for its answer.
inline constexpr int kClientLeft = 499;

/// A piece of a request's body: its bytes, and whether it is the last.
struct BodyRead {
  std::string bytes;
  bool last = false;
  bool aborted = false;
};

struct RequestState {
  enum class Phase : std::uint8_t { kNone, kHead, kBody, kHandling, kStreaming, kDiscard };

  Message* message = nullptr;  ///< null in kNone, and once the answer is written whole
  RequestId id = 0;            ///< its name; up to kHead that of the one before
  Phase phase = Phase::kNone;
  bool no_body = false;       ///< the response has none: HEAD, 204, 304
  bool body_wanted = false;   ///< the handler has asked for a piece of the body
  bool pull_out : 1 = false;  ///< a kPull is under way
  bool left : 1 = false;      ///< its client has left, and a kLeft must tell it

  [[nodiscard]] bool is(RequestId name) const { return name == id && phase > Phase::kHead; }

  /// Its first byte is here, on a connection of this peer. `sender`: who opened that, as far as its proxy tells.
  void begin(Context& context, const base::Address& peer, const base::Address& sender, bool secure,
             base::Monotonic now) {
    message = context.pool.take();
    message->started = now;
    message->peer = peer;
    message->client = sender;
    message->secure = secure;
    message->worker_class = context.config.worker_class;
    message->error_media_type = context.error_media_type;
    if (context.error_handler) message->error_handler = &context.error_handler;
    if (context.layers) message->layers = context.layers->global();
    phase = Phase::kHead;
  }
  /// Its id: that which a trusted sender offers, else one of ours.
  void choose_id(Context& context, const base::Address& sender, std::string_view offered) {
    if (RequestIds::acceptable(offered) && context.proxies.forwarding.trusts(sender)) return message->set_id(offered);
    message->set_id(context.ids.next());
  }
  /// Its trace: that which a trusted sender offers, else one of ours where there shall be one.
  void choose_trace(Context& context, const base::Address& sender, std::string_view offered) {
    if (!offered.empty() || context.config.traceparent == orrery::Traceparent::kMake)
      find_trace(context, sender, offered);
  }
  /// Nobody waits for its answer: its handler gets to know.
  [[gnu::cold]] void cancel(Context& context);
  /// Gives what Request::on_cancelled was given to the driver of the connection. `due`: it is to be called.
  [[gnu::cold]] void leave_callback(Context& context, bool due);
  /// Its head is here: it gets its name.
  void name(RequestId its_id) {
    id = its_id;
    no_body = pull_out = left = body_wanted = false;
  }
  /// Finds what answers it: a handler, at once or when its body is here, or nothing but the server itself (see
  /// has_handler). Says why it is refused instead.
  std::optional<base::Reject> route(const Context& context, base::Monotonic now);
  /// Its route is found, and it has layers: for how long they shall not see it; 0 = they may.
  [[nodiscard]] std::chrono::seconds held_for(const Context& context, base::Monotonic now) const;
  /// Its route is found: what its layers answer, if one does, instead of the handler.
  [[nodiscard]] std::optional<Response> ask_layers(const Context& context, base::Monotonic now);
  /// Afterwards the response can be sent. False when it is another one. No layer sees it where the request line was not
  /// even read (the response is an error's then), or the request is held.
  bool pass_layers(const Context& context, Response& response, base::Monotonic now);
  [[nodiscard]] bool has_handler() const { return message->match.kind == RouteMatch::Kind::kFound; }
  /// 204, 404 or 405, for a path or a method that no handler has.
  [[nodiscard, gnu::cold]] Response answer_without_handler() const;
  /// The request is complete, as far as its handler wants it to be: the handler's time begins.
  void begin_handling(const Context& context, base::Monotonic now);

  /// Its body goes into a file from now on; the handler's time begins when it is there whole.
  [[gnu::cold]] void spool(base::Monotonic now);
  /// So much of a body whose length is not known is here that the rest goes into a file.
  [[nodiscard]] bool outgrows_memory(const Context& context) const {
    return message->body.size() > context.largest_in_memory() && !message->body_complete;
  }
  /// All of it is there: its handler is called, once the connection has been told.
  void end_spooling(const Context& context, base::Monotonic now);

  /// The client keeps its body back until it has an answer, or 100 Continue.
  [[nodiscard]] bool waits_for_continue() const { return message->expects_continue && !message->body_complete; }
  /// The body is read on. The time in which nobody asked for it is not its sender's.
  void resume_body(base::Monotonic now);
  /// What is left of the body is read away.
  void discard_body(base::Monotonic now);

  /// From kBody on: the nearest moment at which it is overdue.
  [[nodiscard]] base::Monotonic deadline(const Config& config) const;
  /// What is overdue once deadline() has passed.
  [[nodiscard]] base::Reject overdue(base::Monotonic now) const;

  void find_trace(Context& context, const base::Address& sender, std::string_view offered);

  /// It is over: gives the message back.
  void finish() {
    phase = Phase::kNone;
    if (Message* const done = message) {
      message = nullptr;
      done->release();
    }
  }
};

}  // namespace orrery::http
