// Dispatch: how a complete request meets its handler. The worker class is nothing else.
//
//   async    on the loop thread, at once
//   sync     on the loop thread, one at a time, after the loop has looked at its other connections; short ones in a row
//   threads  on a pool of `threads`; at most `thread_queue` wait, the rest is answered 503
//
// A request whose client has left gives its place up where it waits behind others, in `sync` and `threads`.
// Where pressure is set, one that has waited too long in a queue of `threads` that stands is answered 503.
// A request that is in quarantine meets no handler in any class.
// Handlers that take a Responder, and those that are coroutines, run on the loop thread in every class. Nothing a
// handler throws gets past this room: it becomes a response and a log line. Loop thread only, but for what the pool
// runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/app.hpp"

#include "http/next.hpp"
#include "worker/flights.hpp"
#include "worker/queue_delay.hpp"
#include "worker/services.hpp"
#include "worker/session.hpp"

namespace orrery::worker {

struct Pulled;
class Spooling;

/// What became of a handler: its response, or why it failed. Any thread.
struct Outcome {
  Response response;
  std::string failure;  ///< empty = it did not fail
};

class Dispatch {
 public:
  static std::unique_ptr<Dispatch> make(WorkerClass worker_class, Services& services, Flights& flights,
                                        Spooling& spooling, uv::AfterPoll& after_poll);
  virtual ~Dispatch() = default;

  /// A request of the session is complete, or has a body that is to be spooled first: answer it, now or later.
  void request(Session& session, http::RequestId id);
  /// The response to it wants its next piece.
  virtual void pull(Session& session, http::RequestId id);
  /// The client of a request that is not answered has left. True when it waited for a handler behind others: its place
  /// is free, and no handler gets it. One that a free handler can take at once is not given up: its client may only
  /// have half-closed.
  virtual bool give_up_place(Session&, http::RequestId) { return false; }
  /// The part of a loop turn after I/O.
  virtual void after_poll() {}
  /// No complete request waits: a new connection would be served soon.
  [[nodiscard]] virtual bool is_free() const { return true; }
  /// Every handler thread is past its deadline.
  [[nodiscard]] virtual bool exhausted() const { return false; }
  /// Ends the threads. False when one is stuck in a handler: then the process must leave by _exit.
  virtual bool stop() { return true; }

 protected:
  Dispatch(Services& services, Flights& flights, Spooling& spooling);
  virtual void run_handler(Session& session, http::RequestId id, const Route& route) = 0;
  /// Runs the handler here and now, and answers.
  void run_here(Session& session, http::RequestId id, const Route& route, base::Monotonic now);
  /// Its two halves: before the handler is called, and after. The first one's result is the second one's `cell`.
  int begin_here(http::Message& message, base::Monotonic now);
  void finish_here(Session& session, http::RequestId id, int cell, Outcome outcome);
  /// It has waited too long for its handler. Any thread.
  bool sheds(const http::Message& message, base::Monotonic now) { return delay_ && sheds_now(message, now); }
  void shed(Session& session, http::RequestId id);
  /// Hands a piece on, or breaks the stream when the pull failed.
  void finish_pull(Session& session, http::RequestId id, Pulled pulled);

  Services& services_;
  Flights& flights_;

 private:
  [[gnu::cold]] bool sheds_now(const http::Message& message, base::Monotonic now);
  /// Answers a request that is in quarantine.
  [[gnu::cold]] bool refuse_if_held(Session& session, http::RequestId id);
  void run_responder(Session& session, http::RequestId id, const Route& route);

  Spooling& spooling_;
  std::optional<QueueDelay> delay_;  ///< none: no request is shed
};

Outcome call_handler(const Handler& handler, const Request& request);

/// One pull of a streamed response, with the same fence. Any thread.
struct Pulled {
  std::string piece;
  bool more = false;
  http::FieldList trailers;
  std::string failure;
};
Pulled call_pull(http::PulledBody& body);

}  // namespace orrery::worker
