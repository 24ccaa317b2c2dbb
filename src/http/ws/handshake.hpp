// Handshake: whether a request opens a WebSocket (RFC 6455, 4.2; over HTTP/2 RFC 8441, 5), and what the answer says.
//
// Pure: a message and the options of its route in, a verdict out. It judges the handshake and who may connect; routes,
// layers and the rest of HTTP have had their say before. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/websocket.hpp"

#include "http/message.hpp"
#include "http/ws/extensions.hpp"

namespace orrery::http::ws {

struct Handshake {
  enum class Verdict : std::uint8_t {
    kGood,
    kNotWebSocket,   ///< a request of another kind: 426
    kOtherVersion,   ///< of a version of the protocol that is not 13: 426
    kBad,            ///< it wants a WebSocket, and breaks the rules: 400
    kForeignOrigin,  ///< a page that may not connect: 403
  };
  Verdict verdict = Verdict::kNotWebSocket;
  std::string accept{};    ///< of Sec-WebSocket-Accept; empty = it is not said, over HTTP/2
  std::string protocol{};  ///< the subprotocol; empty = none
  std::optional<Deflate> deflate{};
  std::string_view fault{};  ///< of kBad: a sentence
};

Handshake judge_handshake(const Message& message, const WebSocketOptions& options);

/// What a server answers to this Sec-WebSocket-Key.
std::string accept_of(std::string_view key);

}  // namespace orrery::http::ws
