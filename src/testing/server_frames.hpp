// ServerFrames: reads the frames of a server's end of a WebSocket, as a client does (RFC 6455).
//
// Pure: bytes in; messages, and what a client has to answer, out. It is for what our own server sends, so it is strict
// and has no limits. The test's thread only.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/websocket.hpp"

#include "coding/message_deflate.hpp"

namespace orrery::testing {

/// A frame of a client, masked.
std::string client_frame(unsigned opcode, std::string_view payload, bool compressed = false);

class ServerFrames {
 public:
  /// permessage-deflate was agreed on: from now on messages may be compressed, and the client's are.
  void agree_on_deflate();
  /// The client's frame with this message.
  [[nodiscard]] std::string message(unsigned opcode, std::string_view payload);
  /// Returns what the client says to it: pongs, and the answer to a close.
  std::string take(std::string_view bytes);
  /// The oldest message that was not taken.
  std::optional<WebSocketMessage> next();

  [[nodiscard]] std::size_t pings() const { return pings_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::uint16_t code() const { return code_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// The client has closed first: it answers no close.
  void close_first() { closing_ = true; }
  /// Why this is no WebSocket; empty = it is one.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  bool step(std::string& answers);
  void take_frame(unsigned opcode, std::string payload, std::string& answers);
  [[nodiscard]] std::string inflated(std::string_view payload);

  std::string held_;
  std::unique_ptr<coding::MessageDeflate> coder_;  ///< null: nothing may be compressed
  std::list<WebSocketMessage> messages_;
  std::string reason_;
  std::string fault_;
  std::size_t pings_ = 0;
  std::uint16_t code_ = 0;
  bool closed_ = false;
  bool closing_ = false;
};

}  // namespace orrery::testing
