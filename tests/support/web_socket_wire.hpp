// WebSocketWire: a client's end of one WebSocket, frame by frame: what it sends may break every rule.
//
// Blocking, with the limits of the Wire below. Frames are written and read by code of its own, so a fault of the
// server's that is also in the server's reading of its own frames shows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "support/wire.hpp"

namespace orrery::test {

/// One frame as it came.
struct SeenFrame {
  bool last = false;
  unsigned opcode = 0;  ///< 1 text, 2 binary, 8 close, 9 ping, 10 pong
  std::string payload;
  std::string problem;  ///< why there is none

  [[nodiscard]] bool is(unsigned wanted, std::string_view text) const {
    return problem.empty() && last && opcode == wanted && payload == text;
  }
  /// Of a close; 0 when it has none, or is none.
  [[nodiscard]] unsigned code() const;
};

/// A frame of a client, masked. `first` is the first byte: the opcode, 0x80 when it is the last, the reserved bits.
std::string client_frame(unsigned first, std::string_view payload);
inline std::string client_text(std::string_view text) { return client_frame(0x81, text); }
std::string client_close(unsigned code, std::string_view reason = {});

/// The head of a request that opens a WebSocket; `fields`: more of them, each with its CRLF.
std::string open_request(std::string_view target, std::string_view fields = {});

class WebSocketWire {
 public:
  explicit WebSocketWire(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
  explicit WebSocketWire(const Wire::Place& place, int receive_buffer = 0)
      : wire_(std::make_unique<Wire>(place, receive_buffer)) {}

  /// True when the server answers 101, and proves that it has understood.
  bool open(std::string_view target, std::string_view fields = {});
  [[nodiscard]] const Answer& answer() const { return answer_; }
  bool send(std::string_view bytes) { return wire_->send(bytes); }
  SeenFrame read();
  Wire& wire() { return *wire_; }

 private:
  bool need(std::string& bytes, std::size_t size);

  std::unique_ptr<Wire> wire_;
  Answer answer_;
};

}  // namespace orrery::test
