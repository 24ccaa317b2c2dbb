// WebSocketLink: what stands behind a WebSocket: the stream of its connection, and the engine that reads it.
//
// Its request was answered 101, and the connection has left HTTP; or, over HTTP/2, it was answered 200 and its stream
// has: what the client sends comes as the body of that request, and frames leave as pieces of its response, so
// back-pressure, write_timeout, draining and the access log are those of any stream. It sees to the opening handshake,
// pings, the closing handshake and limits.
//
//   state      meaning                                           leaves by
//   kOpen      messages go both ways                             close(); the client's close, its end, a fault -> kOver
//   kClosing   our close is sent; what comes is not delivered    the client's close, its end, kClosingTime -> kOver
//   kOver      the stream has ended, or will once what is owed   -
//              is sent
//
// It lives as long as the connection is read, or somebody has a WebSocket. Loop thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/await.hpp"
#include "orrery/websocket.hpp"

#include "base/clock.hpp"
#include "http/ws/engine.hpp"
#include "http/ws/handshake.hpp"
#include "worker/deadlines.hpp"
#include "worker/reply.hpp"
#include "worker/services.hpp"

namespace orrery::worker {

class WebSocketLink final : public std::enable_shared_from_this<WebSocketLink>, http::ws::Engine::Listener, Deadline {
 public:
  /// How long the client's close is waited for after ours.
  static constexpr std::chrono::seconds kClosingTime{5};

  /// Answers the request: with 101, or with why not; then null.
  static std::shared_ptr<WebSocketLink> open(Services& services, const std::shared_ptr<Reply>& reply,
                                             const WebSocketOptions& options);

  WebSocketLink(Services& services, std::shared_ptr<Reply> reply, const WebSocketOptions& options,
                const http::ws::Handshake& handshake);
  WebSocketLink(const WebSocketLink&) = delete;
  WebSocketLink& operator=(const WebSocketLink&) = delete;
  ~WebSocketLink();

  bool send(http::ws::Opcode opcode, std::string_view payload);
  void close(std::uint16_t code, std::string_view reason);
  [[nodiscard]] bool is_open() const { return state_ == State::kOpen; }
  [[nodiscard]] bool behind() const { return outlet_->behind(); }
  /// The last message was refused, and there is no room yet.
  [[nodiscard]] bool full() const { return full_ && is_open(); }
  [[nodiscard]] std::uint16_t close_code() const { return close_code_; }
  [[nodiscard]] const std::string& close_reason() const { return close_reason_; }
  [[nodiscard]] const std::string& protocol() const { return protocol_; }

  /// A message is here, or none will come.
  [[nodiscard]] bool has_news() const { return !messages_.empty() || !is_open(); }
  std::optional<WebSocketMessage> take();
  void call_with_news(Done<void> done) { for_news_ = std::move(done); }
  void call_with_room(Done<void> done) { for_room_ = std::move(done); }

 private:
  enum class State : std::uint8_t { kOpen, kClosing, kOver };

  void begin(std::shared_ptr<Outlet> outlet);
  void read_on();
  void on_piece(const BodyPiece& piece);
  void on_message(bool text, std::string&& bytes) override;
  void on_ping(std::string_view payload) override;
  void on_pong() override {}
  void on_close(std::uint16_t code, std::string_view reason) override;
  void on_fault(std::uint16_t code) override;
  void on_deadline(base::Monotonic now) override;
  void on_drain();
  void ask_for_sign_of_life(base::Monotonic now);
  void reject(base::Reject reason);
  [[nodiscard]] std::string frame_of(http::ws::Opcode opcode, std::string_view payload);
  /// Sends what is owed, and ends the stream if that was all.
  void pay();
  /// It is no open WebSocket from now on, and is not counted as one.
  void enter_over();
  void end();
  /// The connection is gone.
  void lose();
  void tell_news();

  Services& services_;
  std::shared_ptr<Reply> reply_;
  std::shared_ptr<Outlet> outlet_;
  std::chrono::milliseconds ping_;
  http::ws::Engine engine_;
  std::list<WebSocketMessage> messages_;  ///< not taken yet
  std::size_t held_ = 0;                  ///< bytes of them
  std::string owed_;                      ///< control frames that the client has no room for yet
  std::string protocol_;
  std::string close_reason_;
  std::optional<Done<void>> for_news_;
  std::optional<Done<void>> for_room_;
  base::Monotonic heard_;  ///< when something came last; while closing, when our close was sent
  std::uint16_t close_code_ = 0;
  State state_ = State::kOpen;
  std::uint8_t window_;  ///< of what is compressed for the client; 0 = nothing is
  bool reading_ = false;
  bool pinged_ = false;  ///< and nothing has come since
  bool full_ = false;
};

}  // namespace orrery::worker
