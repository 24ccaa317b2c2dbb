// Extensions: which of the extensions that a client offers for its WebSocket is taken (RFC 6455, 9; RFC 7692).
//
// There is one: permessage-deflate, and always without context takeover, so that no connection holds a window between
// two messages. Pure: the values of a field in, a decision out. An offer that breaks the rules, or asks for what is not
// had, is passed over and never refused: its client goes on without. Loop thread only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orrery::http::ws {

/// What was agreed on.
struct Deflate {
  int window = 15;    ///< of what the server compresses: the exponent of its size
  bool told = false;  ///< the client has asked for it, and has to hear of it
};

/// Judges one value of Sec-WebSocket-Extensions: the first offer of it that can be met.
std::optional<Deflate> choose_deflate(std::string_view offers);

/// What the answer says of it.
std::string spoken(const Deflate& deflate);

}  // namespace orrery::http::ws
