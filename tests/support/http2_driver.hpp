// Http2Driver: a whole HTTP/2 connection without a socket: its machine, a clock that stands still, and a client that
// sends and reads as told.
//
// It does with the machine what a session does, as ConnectionDriver does with that of HTTP/1.1. The bytes of each
// receive() lie in a block of their own that is freed afterwards, so the address sanitizer sees every view that is kept
// too long. By default each request is answered at once with an echo of what the handler saw.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/h2/connection.hpp"
#include "support/connection_driver.hpp"
#include "support/http2_frames.hpp"
#include "support/routes.hpp"

namespace orrery::test {

class Http2Driver final : http::Observer {
 public:
  using Handler = std::function<Response(const Request&)>;

  explicit Http2Driver(Config config = {}, std::vector<Route> routes = echo_routes(), const char* peer = "192.0.2.1");
  Http2Driver(const Http2Driver&) = delete;
  Http2Driver& operator=(const Http2Driver&) = delete;

  // --- the client ---
  /// The preface and SETTINGS, and reads the server's; what follows is what a test is about.
  void greet(const std::string& settings = http2::settings());
  void receive(std::string_view bytes);
  /// The same, one byte at a time.
  void receive_bytewise(std::string_view bytes);
  void receive_end();
  void abandon();
  /// From now on the client takes `bytes` more, then nothing until read() is called.
  void block_output(std::size_t bytes = 0) { room_ = bytes; }
  void read(std::size_t bytes = SIZE_MAX);

  // --- the handlers ---
  void hold_requests() { hold_ = true; }
  void answer_with(Handler handler) { handler_ = std::move(handler); }
  bool answer(http::RequestId id, Response response);
  void refuse(http::RequestId id, base::Reject reason);
  void send_early_hints(http::RequestId id, const std::vector<std::string>& links);
  bool start_stream(http::RequestId id, Response head);
  void send_piece(http::RequestId id, std::string_view piece);
  void end_stream(http::RequestId id, const http::FieldList& trailers = {});
  void break_stream(http::RequestId id);
  void want_body(http::RequestId id);

  // --- time and retirement ---
  void pass(std::chrono::nanoseconds time);
  void drain();
  bool close_if_idle();

  // --- what happened ---
  [[nodiscard]] const std::vector<SeenRequest>& requests() const { return requests_; }
  [[nodiscard]] const std::vector<http::RequestId>& asked() const { return asked_; }
  [[nodiscard]] const std::vector<std::string>& rejects() const { return rejects_; }
  [[nodiscard]] const std::vector<SeenAnswer>& answers() const { return answers_; }
  [[nodiscard]] const std::vector<std::string>& body_pieces() const { return body_pieces_; }
  /// Requests that were told over before their time, and those whose client left.
  [[nodiscard]] const std::vector<http::RequestId>& over() const { return over_; }
  [[nodiscard]] const std::vector<http::RequestId>& left() const { return left_; }
  [[nodiscard]] End end() const { return end_; }
  [[nodiscard]] http2::Reader& reader() { return reader_; }
  /// See Reader::take_events.
  std::string events();
  [[nodiscard]] http::h2::Connection& connection() { return connection_; }
  [[nodiscard]] http::Context& context() { return context_; }
  void set_closing(bool closing) { closing_ = closing; }

 private:
  void on_rejected(base::Reject reason, const base::Address& peer, const http::Message* message) override;
  void on_answered(const http::Message& message, const http::Answer& answer) override;
  void on_unsendable(const http::Message& message) override;

  template <class Act>
  void turn(Act&& act);
  bool step(http::Next next);
  void handle_request(http::RequestId id);
  void deliver_body(http::RequestId id);
  void pull(http::RequestId id);
  void flush();

  Config config_;
  std::vector<Route> routes_;
  http::Router router_;
  http::Context context_;
  std::atomic<bool> closing_{false};
  base::Monotonic now_{std::chrono::hours{1}};
  http::h2::Connection connection_;
  std::unique_ptr<http::Output> output_;
  Handler handler_ = ConnectionDriver::echo;
  bool hold_ = false;
  std::optional<std::size_t> room_;
  std::string waiting_;
  http2::Reader reader_;
  std::vector<SeenRequest> requests_;
  std::vector<http::RequestId> asked_;
  std::vector<std::string> rejects_;
  std::vector<SeenAnswer> answers_;
  std::vector<std::string> body_pieces_;
  std::vector<http::RequestId> over_;
  std::vector<http::RequestId> left_;
  End end_ = End::kOpen;
};

}  // namespace orrery::test
