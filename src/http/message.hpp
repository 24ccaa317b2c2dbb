// Message: one request message: its bytes, its fields, and what the server found out about it.
//
// Filled by its connection (guard, parser, policy, router), read by handlers through orrery::Request. All positions are
// offsets from `bytes`, so the head may lie in the worker's read buffer while a handler runs at once, and is copied
// (keep_bytes) only when the message outlives the read. Borrowed from the worker's MessagePool while a request is
// unfinished: an idle connection has none.
//
// Owned by its connection through a reference count; a Request by value holds one more. Counted references may be
// dropped on any thread; everything else happens on the loop thread, or on the one thread that runs the handler.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/extras.hpp"
#include "orrery/problem.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"

#include "base/access_format.hpp"
#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/protocol.hpp"
#include "base/spares.hpp"
#include "http/characters.hpp"
#include "http/router.hpp"
#include "http/target.hpp"
#include "http/trace.hpp"
#include "http/trailers.hpp"

namespace orrery {
struct Layer;
}

namespace orrery::http {

class Message;
class MessagePool;

/// The layers around a handler, from the outside to the inside.
using LayerChain = std::vector<const Layer*>;

/// Part of the head, as offsets from its first byte.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;
};

struct FieldSpan {
  Span name;
  Span value;
};

/// How the end of the body is known (RFC 9112, 6.3). kTunnel: the connection has left HTTP, and its end is that of the
/// body (RFC 9110, 7.8).
enum class BodyFraming : std::uint8_t { kNone, kLength, kChunked, kTunnel };

/// Looks whether a client still waits, where the loop cannot look because a handler runs on its thread. Any thread.
class ClientProbe {
 public:
  [[nodiscard]] virtual bool left() const noexcept = 0;

 protected:
  ~ClientProbe() = default;
};

/// What each request begins with, and a message that goes back to the pool is set to.
struct MessageState {
  // --- the head ---
  const char* bytes = nullptr;    ///< first byte of the request line
  std::uint32_t head_length = 0;  ///< up to and with the empty line
  base::Protocol protocol = base::Protocol::kHttp11;
  std::string_view method;  ///< a static name, never part of `bytes`
  Span target;
  Span path_part;  ///< of the head, or of `normal_path`: see path_is_raw
  Span query;
  Span accept;     ///< the first Accept field that is not empty
  Span authority;  ///< of an absolute-form target, else of Host: for which host the request is

  // --- the body ---
  std::uint64_t content_length = 0;
  std::uint64_t body_received = 0;
  std::uint64_t body_limit = 0;
  base::Monotonic body_started{};
  base::Monotonic body_paused{};  ///< its handler has not asked for more since; the epoch = it has
  BodyFraming framing = BodyFraming::kNone;
  bool body_complete = false;
  bool body_discarded = false;  ///< read away: nobody wants it

  // --- its life ---
  bool path_is_raw = true;
  bool keep_alive = true;
  bool expects_continue = false;
  bool answered = false;  ///< what its handler says is not waited for any more
  bool secure = false;    ///< asked over https: its connection speaks TLS, or a trusted proxy was asked so
  bool traced = false;    ///< it belongs to a trace
  std::uint8_t id_length = 0;
  WorkerClass worker_class = WorkerClass::kAsync;
  bool body_spooled = false;  ///< its body goes into a file, piece by piece, before its handler is called
  std::uint64_t ticket = 0;   ///< to give up its place in a queue for a handler; 0 = none to give up
  const ClientProbe* probe = nullptr;
  std::uint32_t flight = 0;            ///< of its last handler that may outlive the answer, in the worker's records
  std::string_view error_media_type;   ///< of the server's own answers; empty = what `accept` wants
  const LayerChain* layers = nullptr;  ///< null: there are none
  const ErrorHandler* error_handler = nullptr;  ///< the application's; null: there is none
  base::Monotonic started{};                    ///< its first byte came
  base::Monotonic dispatched{};                 ///< its handler was called
  base::Monotonic came{};                       ///< the loop began the round with it, less what a fresh client waited
  base::Monotonic deadline{};                   ///< the handler's; the epoch = none
  std::optional<std::uint64_t> stream_length;   ///< of a response that comes piece by piece
};

/// A response between the moment in which it was written and that in which its last byte has left: what the access log
/// will say of it. Written anew for each response.
struct Departure {
  Message* next = nullptr;       ///< of a ring: the one that leaves behind it
  std::uint64_t ahead = 0;       ///< bytes that must leave until its last one has
  std::uint64_t body_bytes = 0;  ///< without framing
  base::Monotonic answered{};    ///< when it was written whole
  int status = 0;
  base::Ending ending = base::Ending::kClosed;
  bool chunked = false;
  std::uint32_t end_bytes = 0;      ///< of what is written behind the last chunk's CRLF; 0 = its end is not written
  std::vector<std::size_t> chunks;  ///< sizes of those that may not have left, in order
  FieldList trailers;               ///< that stand behind its body, where they can
  Response response;                ///< for its fields

  /// How much of the body has not left while `unsent` bytes, up to the last one that is written, have not.
  [[nodiscard]] std::uint64_t unsent_body(std::uint64_t unsent) const;
  /// Forgets the chunks that have left.
  void forget_sent_chunks(std::uint64_t unsent);
};

/// A handler that is a task, as its request sees it. It takes itself out of the message before it is
/// destroyed.
class RunningTask {
 public:
  /// Nobody waits for the answer any more. Told on the loop thread, perhaps in the middle of a connection's work: it
  /// acts later.
  virtual void on_cancelled() = 0;
  /// See Request::early_hints.
  virtual Result<void> early_hints(const std::vector<std::string>& links) = 0;

 protected:
  ~RunningTask() = default;
};

/// A whole body that does not lie in memory of ours. Dropped on any thread.
class StoredBody {
 public:
  virtual ~StoredBody() = default;
  [[nodiscard]] virtual std::string_view bytes() const = 0;
};

class Message : public MessageState {
 public:
  explicit Message(MessagePool& pool) : pool_(&pool) {}
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  std::vector<FieldSpan> fields;
  NormalPath normal_path;  ///< when the raw path had escapes or dot segments; values of parameters may follow it
  RouteMatch match;
  std::string body;
  std::vector<FieldSpan> trailers;  ///< offsets into trailer_bytes
  std::string trailer_bytes;
  std::shared_ptr<PulledBody> pull;       ///< of a response that comes piece by piece
  std::array<char, 64> id{};              ///< the first `id_length` of them
  Traceparent trace{};                    ///< where it is `traced`
  base::Address peer;                     ///< the other end of the connection
  base::Address client;                   ///< who asked, as trusted proxies say; else the peer
  std::atomic<bool> cancelled{false};     ///< nobody waits for the answer
  std::atomic<bool> over{false};          ///< nobody waits, and an answer could not be sent
  std::atomic<std::int64_t> taken_ns{0};  ///< CLOCK_MONOTONIC: its handler began to run; 0 = it has not
  std::function<void()> on_cancelled;     ///< its handler's; loop thread only
  RunningTask* task = nullptr;            ///< its handler, while that is one that runs; set on the loop thread
  std::unique_ptr<Extras> extras;         ///< of layers; null: none was asked for
  std::shared_ptr<const TlsFacts> tls;    ///< of its connection; null: that does not speak TLS
  Departure departure;

  [[nodiscard]] std::string_view view(Span span) const { return {bytes + span.begin, span.length}; }
  [[nodiscard]] std::string_view path() const { return {path_storage() + path_part.begin, path_part.length}; }
  /// The value of a parameter of the route.
  [[nodiscard]] std::string_view parameter(std::size_t index) const {
    const RouteMatch::Part part = match.parameters[index];
    return {path_storage() + path_part.begin + part.begin, part.length};
  }
  /// Once the route of a path that is not raw is found: in the values of its parameters kept slashes are slashes.
  void decode_parameters() {
    if (!normal_path.slashes.empty()) put_slashes_into_parameters();
  }
  /// Any thread: its handler runs from now on.
  void take_up(base::Monotonic now) { taken_ns.store(now.time_since_epoch().count(), std::memory_order_relaxed); }
  /// From the moment in which the loop found it whole to that in which its handler began; nothing when none has.
  [[nodiscard]] std::optional<base::Nanoseconds> time_in_queue() const {
    const std::int64_t taken = taken_ns.load(std::memory_order_relaxed);
    if (taken == 0) return std::nullopt;
    return std::max(base::Monotonic{base::Nanoseconds{taken}} - came, base::Nanoseconds{0});
  }
  /// What a spooled body has become; null: `body` has all that there is.
  [[nodiscard]] const std::shared_ptr<const StoredBody>& stored() const { return stored_; }
  void store(std::shared_ptr<const StoredBody> whole) { stored_ = std::move(whole); }
  [[nodiscard]] std::string_view whole_body() const { return stored_ ? stored_->bytes() : std::string_view{body}; }
  [[nodiscard]] std::string_view id_view() const { return {id.data(), id_length}; }
  [[nodiscard]] Field field(const FieldSpan& span) const { return {view(span.name), view(span.value)}; }
  /// The value of the first field with this name, in any case.
  [[nodiscard]] std::optional<std::string_view> field_value(std::string_view name) const;
  /// What an answer of the server's own should be like: see problem().
  [[nodiscard]] std::string_view error_accept() const {
    if (!error_media_type.empty() || accept.length == 0) return error_media_type;
    return view(accept);
  }
  /// The client may read what its handler threw: the service is under development, and the client on this machine.
  [[nodiscard]] bool failures_are_told() const;
  [[nodiscard]] Field trailer(const FieldSpan& span) const;
  /// What one more Accept field says counts as a part of the first (RFC 9110, 5.3).
  [[gnu::cold]] void join_accept(std::string_view more);
  void set_id(std::string_view text);
  void set_id(const std::array<char, 16>& made) {
    std::copy(made.begin(), made.end(), id.begin());
    id_length = static_cast<std::uint8_t>(made.size());
  }

  /// As `traceparent` has it; empty when it has no trace.
  [[nodiscard]] std::string_view trace_view() const {
    return traced ? std::string_view{trace.data(), trace.size()} : std::string_view{};
  }

  /// Makes the head independent of the buffer it came in.
  void keep_bytes();
  /// Bytes of a head that is not complete yet.
  std::string& kept() { return kept_; }

  /// The value of a query parameter, decoded. Decoded values live as long as the message.
  std::optional<std::string_view> query_value(std::string_view name);
  std::size_t query_count() {
    if (!query_is_split_) split_query();
    return query_pairs_.size();
  }
  /// Throws std::out_of_range.
  Field query_at(std::size_t index) {
    if (!query_is_split_) split_query();
    const QueryPair& pair = query_pairs_.at(index);
    if (pair.plain) return {view(pair.name), view(pair.value)};
    return decoded_pair(pair);
  }

  /// The message behind a handler's request.
  static const Message& of(const Request& request) { return *request.message_; }
  /// A view for a handler that answers before the message goes away.
  [[nodiscard]] Request borrow() const { return Request{const_cast<Message*>(this), false}; }
  /// A Request that keeps the message, and its own copy of the bytes.
  [[nodiscard]] Request share();

  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  /// This is the loop thread of its worker.
  [[nodiscard]] bool on_loop_thread() const noexcept;
  /// Gives one reference back. The last one returns the message to its pool (on the loop thread) or deletes it.
  void release() noexcept;

 private:
  friend class orrery::Request;
  friend class MessagePool;
  void clear();
  [[nodiscard]] const char* path_storage() const { return path_is_raw ? bytes : normal_path.text.data(); }
  [[gnu::cold]] void put_slashes_into_parameters();

  std::atomic<std::uint32_t> references_{1};
  std::string kept_;
  std::string peer_text_;
  std::string client_text_;
  std::string accept_text_;  ///< of several fields; error_media_type shows it then
  /// One `name=value` of the query, as it came.
  struct QueryPair {
    Span name;
    Span value;
    bool plain;  ///< neither needs decoding
  };
  void split_query();
  std::string_view decoded(Span span);
  Field decoded_pair(const QueryPair& pair);

  std::vector<QueryPair> query_pairs_;  ///< filled when the query is first asked for
  bool query_is_split_ = false;
  std::vector<std::unique_ptr<std::string>> decoded_values_;
  MessagePool* pool_;
  std::shared_ptr<const StoredBody> stored_;
};

/// "request 1a2b", and its trace where it has one.
[[gnu::cold]] std::string name_in_log(const Message& message);

/// Messages of one worker, kept for the next request. Loop thread only. Dropped with the worker, while no handler runs.
class MessagePool {
 public:
  MessagePool();
  ~MessagePool();
  Message* take();
  void give_back(Message* message) noexcept;
  [[nodiscard]] bool on_owner_thread() const noexcept;
  /// Of all its messages: see Message::failures_are_told().
  bool tells_failures = false;
  /// All that it made are here or were deleted on the loop thread: nobody will give one back.
  [[nodiscard]] bool all_home() const { return made_ == spares_.size(); }

 private:
  [[gnu::cold]] Message* make();

  base::Spares<Message, 64> spares_;
  std::size_t made_ = 0;
  std::uintptr_t owner_;
};

}  // namespace orrery::http
