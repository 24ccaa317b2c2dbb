// Session: a Transport and the Conversation that speaks HTTP on it, brought together.
//
// Whatever happens (bytes, an answer, room to write, a deadline) is one *turn*: tell the connection, do the steps it
// asks for until it waits, send what it wrote, let the buffers go. Sessions live in the worker's Connections and never
// delete themselves. An idle one holds no buffer, no parser and no request. Loop thread only.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/address.hpp"
#include "base/arrival.hpp"
#include "base/unique_fd.hpp"
#include "http/next.hpp"
#include "http/trailers.hpp"
#include "worker/conversation.hpp"
#include "worker/deadlines.hpp"
#include "worker/ongoing.hpp"
#include "worker/services.hpp"
#include "worker/transport.hpp"

namespace orrery::worker {

class Reply;

/// Names one request of one connection of this worker; never reused, so a late answer finds none.
struct RequestKey {
  std::uint32_t index = 0;   ///< place in Connections
  std::uint32_t serial = 0;  ///< of the session there
  http::RequestId request = 0;

  friend bool operator==(const RequestKey&, const RequestKey&) = default;
};

class Session final : TransportEvents, Deadline {
 public:
  Session(Services& services, std::uint32_t index, const base::Arrival& arrival, base::Monotonic now);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// Takes the socket over and begins to read.
  Result<void> start(base::UniqueFd socket, const base::Reception& reception);
  /// The same for a connection that rested with another worker.
  Result<void> resume(base::UniqueFd socket, const Conversation::Rest& rest);

  [[nodiscard]] std::uint32_t index() const { return index_; }
  /// A request that is not over.
  [[nodiscard]] http::Message& message(http::RequestId request) { return *connection_.message(request); }
  [[nodiscard]] RequestKey key(http::RequestId request) const { return {index_, serial_, request}; }
  [[nodiscard]] bool handles(RequestKey key) const { return serial_ == key.serial && connection_.message(key.request); }
  [[nodiscard]] bool idle() const { return connection_.idle() && !connection_.blocked(); }
  /// A handler has its request: whether it answers is not known yet.
  [[nodiscard]] bool handling() const { return connection_.handling(); }
  /// The client left while an earlier request of the connection was handled.
  [[nodiscard]] bool left() const { return connection_.left(); }
  [[nodiscard]] int descriptor() const { return transport_.descriptor(); }
  /// What is written to descriptor() is what the client reads next.
  [[nodiscard]] bool is_bare() const { return !stays() && transport_.queued() == 0 && connection_.unsent() == 0; }
  /// The time, as far as it was asked for in this turn.
  [[nodiscard]] base::Monotonic latest() const { return latest_; }
  /// Its client waited so long in the kernel until the worker took the connection.
  void note_wait(std::chrono::milliseconds waited) {
    constexpr auto kMost = std::numeric_limits<decltype(waited_ms_)>::max();
    waited_ms_ = static_cast<decltype(waited_ms_)>(std::clamp<std::int64_t>(waited.count(), 0, kMost));
  }
  /// That is the first request's, and no other's.
  std::chrono::milliseconds take_wait() { return std::chrono::milliseconds{std::exchange(waited_ms_, 0)}; }

  // --- for dispatch and the handlers' objects ---
  void answer(http::RequestId request, Response&& response);
  /// `retry_after`: when the client may try again; 0 = not said.
  void refuse(http::RequestId request, base::Reject reason, std::chrono::seconds retry_after = {});
  [[gnu::cold]] void send_early_hints(http::RequestId request, const std::vector<std::string>& links);
  /// `trailers`: what stands behind the last piece, where fields can.
  void pulled(http::RequestId request, std::string_view piece, bool more, http::FieldList trailers);
  void break_stream(http::RequestId request);
  bool start_stream(http::RequestId request, Response head, std::shared_ptr<Outlet> outlet);
  /// The same, for a connection, or a stream of it, that leaves HTTP; see start_tunnel() of both machines.
  bool start_tunnel(http::RequestId request, Response head, std::shared_ptr<Outlet> outlet);
  /// False, and nothing is taken, when the client is behind by more than 64 KiB.
  bool write_piece(http::RequestId request, std::string_view piece);
  /// Pieces written before still wait for the client.
  [[nodiscard]] bool behind(http::RequestId request) const {
    return transport_.queued() > 0 || connection_.behind(request) > 0;
  }
  void end_stream(http::RequestId request, http::FieldList trailers = {});
  void want_body(http::RequestId request, BodyReader::Callback callback);
  /// The body that was spooled is `stored`: its handler is called.
  void end_spooling(http::RequestId request, std::shared_ptr<const http::StoredBody> stored);

  // --- for the worker ---
  void drain();
  /// Tells a handler that is streaming that the worker leaves; it may end its stream. A connection that lingers ends
  /// sooner.
  void tell_draining();
  /// No sibling can ever go on with this connection.
  [[nodiscard]] bool stays() const { return transport_.stays() || connection_.speaks_http2(); }
  /// What a sibling must know to go on with it; nothing while a request is going on, and when it stays.
  [[nodiscard]] std::optional<Conversation::Rest> rest() const;
  /// Closes now when no request is going on.
  bool close_if_idle();
  /// Another worker has it from now on.
  void leave_to_sibling();
  /// Closes, whatever is going on. True when the client has not all of its answer.
  [[gnu::cold]] bool cut_off();

 private:
  friend class Connections;
  void on_bytes(std::string_view bytes) override;
  void on_end(int error) override;
  void on_sent(int error, std::size_t unsent) override;
  bool on_preface(std::string_view bytes) override;
  void on_plain() override;
  void on_secured(const std::shared_ptr<const TlsFacts>& facts) override;
  void on_http2() override;
  void on_handshake_failed(base::Reject reason, std::string_view why) override;
  void on_deadline(base::Monotonic now) override;
  /// The client has closed its side, or the connection is broken, while it was not read.
  void on_noticed_end(bool broken);

  [[nodiscard]] uv::Stream::Kind kind() const;
  Result<void> open_tls(base::UniqueFd socket, ProxyProtocol proxy);
  void begin_reading();
  template <class Act>
  void turn(Act&& act);
  /// The same from another source than session.cpp: the act is called, where turn() has it inside.
  template <class Act>
  void run_turn(Act&& act) {
    using Own = std::remove_reference_t<Act>;
    run_turn([](void* own) { (*static_cast<Own*>(own))(); }, &act);
  }
  void run_turn(void (*act)(void*), void* own);
  [[gnu::cold]] void run_out_of_memory();
  void work();
  void later(void (*act)(Session&));
  bool step(http::Next wanted);
  void flush();
  long try_write();
  /// Tells the connection, and the counters, what has left since they were told last; `unsent` has not.
  void note_sent(std::size_t unsent);
  void note_progress() {
    if (connection_.unsent() > 0) note_sent(transport_.queued());
  }
  template <class Start>
  bool start_pieces(http::RequestId request, const std::shared_ptr<Outlet>& outlet, Start&& start);
  void deliver_body(http::RequestId request);
  void tell_drained();
  [[nodiscard]] Ongoing::Pieces* find_drained() const;
  void keep_trailers(http::RequestId request, http::FieldList&& trailers);
  void begin_linger();
  /// `unanswered`: what the access log says of a request that got no answer.
  void close(int unanswered = http::kClientLeft);
  /// The first reason is the reason; what happens while it lingers is none.
  void ends_by(os::Closing reason) {
    if (closing_ == os::Closing::kFinished && !lingering_) closing_ = reason;
  }
  void settle_reading();
  void schedule(base::Monotonic now);
  [[gnu::cold]] void watch_end();
  [[gnu::cold]] void leave(http::RequestId request);
  Ongoing::Pieces& ongoing(http::RequestId request);

  Services& services_;
  Transport transport_;
  Conversation connection_;
  std::unique_ptr<http::Output> output_;  ///< only during a turn
  Ongoing ongoing_;
  Session* before_ = nullptr;  ///< neighbours in one of Connections' queues
  Session* behind_ = nullptr;
  base::Monotonic seen_idle_{};  ///< what its place there rests on
  base::Monotonic now_{};        ///< when this turn began
  base::Monotonic latest_{};     ///< and when, since then, a handler ended
  std::uint32_t index_;
  std::uint32_t serial_;
  os::Closing closing_ = os::Closing::kFinished;  ///< what will have ended it
  enum class Reading : std::uint8_t { kNot, kForUse, kAway } reading_ = Reading::kNot;
  bool lingering_ = false;  ///< and so stands in Connections' other queue
  bool closed_ = false;
  bool counted_idle_ = false;
  bool watched_ = false;  ///< its end is noticed also while it is not read
  std::uint16_t waited_ms_ = 0;
};

}  // namespace orrery::worker
