// ConnectionDriver: a whole connection without a socket: its machine, a clock that stands still, and a client that
// reads as told.
//
// It does with the machine what a session does: attach an Output, tell what happened, take steps until it waits, send,
// settle. The bytes of each receive() lie in a block of their own that is freed after settle(), so the address
// sanitizer sees every view that is kept too long. By default each request is answered at once with an echo of what the
// handler saw.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/h1/connection.hpp"
#include "http/h1/decoder.hpp"
#include "http/next.hpp"
#include "support/routes.hpp"

namespace orrery::test {

/// What a handler saw of one request, copied.
struct SeenRequest {
  std::string method;
  std::string target;
  std::string path;
  std::string query;
  std::string version;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
  std::string id;
  std::string client;
  std::string scheme;
  std::string host;

  static SeenRequest of(const Request& request);
  [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
  /// All of it but the id, a line each.
  [[nodiscard]] std::string text() const;
};

/// A response as the access log gets to know it.
struct SeenAnswer {
  std::string method;
  int status = 0;
  std::uint64_t body_bytes = 0;
  base::Ending ending = base::Ending::kKept;
  friend bool operator==(const SeenAnswer&, const SeenAnswer&) = default;
};

enum class End : std::uint8_t { kOpen, kClose, kLinger, kBroken, kHttp2 };
std::string_view name_of(End end);

class ConnectionDriver final : http::Observer {
 public:
  using Handler = std::function<Response(const Request&)>;
  using Milliseconds = std::chrono::milliseconds;

  explicit ConnectionDriver(Config config = {}, std::vector<Route> routes = echo_routes(),
                            const char* peer = "192.0.2.1", const Layers& layers = {}, ErrorHandler on_error = {},
                            const std::vector<PrefixLayers>& prefix_layers = {});
  /// With the plain handlers, layers and error handler of an application; what they throw is answered as a worker does.
  explicit ConnectionDriver(const App& app, Config config = {}, const char* peer = "192.0.2.1");
  ConnectionDriver(const ConnectionDriver&) = delete;
  ConnectionDriver& operator=(const ConnectionDriver&) = delete;

  /// What the handler saw; under /status/{code} with that status.
  static Response echo(const Request& request);

  // --- the client ---
  void receive(std::string_view bytes);
  void receive_end();
  /// The client has closed its side behind bytes that are not received yet.
  void notice_end();
  /// The connection breaks.
  void abandon();
  /// From now on the client takes `bytes` more, then nothing until read() is called.
  void block_output(std::size_t bytes = 0) { room_ = bytes; }
  /// From now on a connection whose client may still send is not over with that: it lingers until it closes.
  void linger() { lingers_ = true; }
  /// Takes up to `bytes` of what waits; when that was all, it reads freely again.
  void read(std::size_t bytes = SIZE_MAX);

  // --- the handler ---
  /// Requests stay pending until answer() and friends.
  void hold_requests() { hold_ = true; }
  void answer_with(Handler handler) { handler_ = std::move(handler); }
  bool answer(Response response);
  /// From now on a request whose client leaves gives its place up, as one that waits for a handler behind others.
  void give_up_places() { gives_up_ = true; }
  void refuse(base::Reject reason);
  void send_early_hints(const std::vector<std::string>& links);
  bool start_stream(Response head);
  bool start_tunnel(Response head);
  void send_piece(std::string_view piece);
  void end_stream(const http::FieldList& trailers = {});
  void break_stream();
  void want_body();
  /// A kPull stays pending until pulled().
  void hold_pulls() { hold_pulls_ = true; }
  void pulled(std::string_view piece, bool more);

  // --- time and retirement ---
  /// Lets time pass; deadlines that fall into it happen.
  void pass(std::chrono::nanoseconds time);
  [[nodiscard]] std::chrono::nanoseconds until_deadline() const { return connection_.deadline() - now_; }
  [[nodiscard]] bool has_deadline() const { return connection_.deadline() != base::Monotonic::max(); }
  void drain();
  bool close_if_idle();

  // --- what happened ---
  [[nodiscard]] const std::vector<SeenRequest>& requests() const { return requests_; }
  [[nodiscard]] const std::vector<std::string>& rejects() const { return rejects_; }
  [[nodiscard]] const std::vector<SeenAnswer>& answers() const { return answers_; }
  [[nodiscard]] int unsendable() const { return unsendable_; }
  /// "cors: it failed", "99" for a bad status, and what plain handlers of an application threw.
  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
  [[nodiscard]] int pulls() const { return pulls_; }
  /// Number of times something was sent, with or without success.
  [[nodiscard]] int flushes() const { return flushes_; }
  [[nodiscard]] const std::string& output() const { return sent_; }
  /// The output since the last call.
  std::string take_output() { return std::exchange(sent_, {}); }
  /// Pieces of streamed request bodies, as they were delivered.
  [[nodiscard]] const std::vector<std::string>& body_pieces() const { return body_pieces_; }
  [[nodiscard]] bool body_ended() const { return body_ended_; }
  [[nodiscard]] End end() const { return end_; }
  [[nodiscard]] http::h1::Connection& connection() { return connection_; }
  [[nodiscard]] http::Message* message() { return connection_.message(request_); }
  [[nodiscard]] http::Context& context() { return context_; }

 private:
  void on_rejected(base::Reject reason, const base::Address& peer, const http::Message* message) override;
  void on_answered(const http::Message& message, const http::Answer& answer) override;
  void on_unsendable(const http::Message& message) override;
  void on_bad_status(const http::Message& message, int status) override;
  void on_layer_failed(const http::Message& message, std::string_view layer, std::string_view why) override;
  Response call_handler(const Request& request);

  template <class Act>
  void turn(Act&& act);
  void work();
  void tell_cancelled();
  bool step(http::Next next);
  void handle_request();
  void deliver_body();
  void pull();
  void flush();
  void finish(End end);

  Config config_;
  std::vector<Route> routes_;
  http::Router router_;
  http::Context context_;
  http::h1::DecoderPool decoders_;
  base::Monotonic now_{std::chrono::hours{1}};
  http::h1::Connection connection_;
  std::unique_ptr<http::Output> output_;
  http::RequestId request_ = 0;  ///< the last one that a handler was asked for
  Handler handler_ = echo;
  bool hold_ = false;
  bool hold_pulls_ = false;
  bool gives_up_ = false;
  bool lingers_ = false;
  std::optional<std::size_t> room_;
  std::string waiting_;  ///< sent, not yet taken by the client
  std::string streamed_body_;

  std::vector<SeenRequest> requests_;
  std::vector<std::string> rejects_;
  std::vector<SeenAnswer> answers_;
  std::vector<std::string> body_pieces_;
  bool body_ended_ = false;
  int unsendable_ = 0;
  std::vector<std::string> failures_;
  int pulls_ = 0;
  int flushes_ = 0;
  std::string sent_;
  End end_ = End::kOpen;
};

/// One response as a client reads it, by a parser of its own.
struct SeenResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
  bool whole = true;  ///< false: the output ended before the body did
  [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
};

/// Splits an output stream. `methods` are those of the requests, in order (HEAD has no body); GET where it is too
/// short. Throws std::runtime_error when a response is not well framed.
std::vector<SeenResponse> read_responses(std::string_view output, const std::vector<std::string>& methods = {});

}  // namespace orrery::test
