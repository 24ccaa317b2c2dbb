// WebSocket: a connection on which both ends send messages whenever they want (RFC 6455).
//
//   app.websocket("/echo", [](orrery::Request request, orrery::WebSocket socket) -> orrery::Task<void> {
//     while (const auto message = co_await socket.receive()) {
//       if (!socket.send(message->bytes)) co_return;
//     }
//   });
//
// The handler is a coroutine on the loop thread, in every worker class, and must not block; in the class `sync` it
// stands still while another handler runs. When it ends, the connection is closed with 1000; when it throws, with 1011
// and a log line. Layers of the route have their say before the connection is one; what is no WebSocket is answered
// 426. With and without TLS, over HTTP/1.1 and as a stream of HTTP/2 (RFC 8441).
//
// Pings are sent and answered by themselves. A worker that leaves closes with 1001: a client that connects again gets
// another worker. Loop thread only; copies are the same connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/task.hpp"

namespace orrery {

namespace worker {
class WebSocketLink;
}  // namespace worker

/// One message, whole, however many frames it came in.
struct WebSocketMessage {
  bool text = true;   ///< then `bytes` are UTF-8; else it is binary
  std::string bytes;  ///< at most WebSocketOptions::largest
};

struct WebSocketOptions {
  /// Subprotocols, the best first: the first that the client offers too is chosen. Without such a one there is none.
  std::vector<std::string> protocols = {};
  /// Pages that may connect, as browsers name them ("https://example.org"); "*" is every page. Empty: those of the same
  /// host and port. Others are refused (403, foreign_origin). What sends no Origin is no page, and may connect.
  std::vector<std::string> origins = {};
  /// Bytes of a message that may come; a larger one closes the connection with 1009.
  std::size_t largest = 64 * 1024;
  /// When nothing has come for so long, a ping is sent, and after the same time once more without anything the
  /// connection is closed (silent_websocket). At least 100 ms; 0 = no pings.
  std::chrono::milliseconds ping{30000};
  /// Messages of 64 bytes and more are compressed for clients that can read it (permessage-deflate, RFC 7692), and
  /// theirs are taken compressed. Each stands alone, so a connection holds no state for it. `largest` counts what a
  /// message is, not what came. Off where a message has a secret beside what others may choose: its size would tell.
  bool compress = true;
};

class ORRERY_EXPORT WebSocket {
 public:
  explicit WebSocket(std::shared_ptr<worker::WebSocketLink> link) : link_(std::move(link)) {}

  /// The next message, in order; nothing when no more will come: the client has closed or is gone, close() was called,
  /// or the worker leaves. While nobody asks, the client is not read any more once 64 KiB of messages wait. One
  /// coroutine may wait at a time: that of an earlier call gets NeverCalled.
  [[nodiscard]] Task<std::optional<WebSocketMessage>> receive() const;
  /// Takes the message whole and returns true; or takes nothing and returns false when the client is behind by more
  /// than 64 KiB (wait for drained()) or the connection is closed. `text` must be UTF-8: else std::invalid_argument.
  /// A client that takes nothing for `write_timeout` is cut off (write_timeout).
  [[nodiscard]] bool send(std::string_view text) const;
  [[nodiscard]] bool send_bytes(std::string_view bytes) const;
  /// Waits until there is room again after a send() that was refused; false when the connection is closed. One
  /// coroutine at a time, as with receive().
  [[nodiscard]] Task<bool> drained() const;
  /// True while something sent before still waits here for the client.
  [[nodiscard]] bool behind() const;
  /// Tells the client why there is nothing more: a code that RFC 6455, 7.4 lets an endpoint send (1000 to 1003, 1007 to
  /// 1014, 3000 to 4999), else std::invalid_argument; of `reason`, UTF-8, no more than 123 bytes are sent. The second
  /// call does nothing.
  void close(std::uint16_t code = 1000, std::string_view reason = {}) const;
  /// True until the client has closed or is gone, or close() was called.
  [[nodiscard]] bool open() const;
  /// Once it is not open: the code that the client gave. 1005: none; 1006: it went without a word; 0: it has not
  /// closed.
  [[nodiscard]] std::uint16_t close_code() const;
  [[nodiscard]] std::string_view close_reason() const;
  /// The subprotocol that was chosen; empty = none.
  [[nodiscard]] std::string_view protocol() const;

 private:
  std::shared_ptr<worker::WebSocketLink> link_;
};

/// What it is given by reference is kept until its task has ended.
using WebSocketHandler = std::function<Task<void>(Request&&, WebSocket&&)>;

/// What a route for WebSockets has.
struct WebSocketRoute {
  WebSocketHandler handler;
  WebSocketOptions options;
};

}  // namespace orrery
