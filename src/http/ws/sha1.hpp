// Sha1: SHA-1 (FIPS 180-4), for the one thing of WebSocket that wants it: the answer to Sec-WebSocket-Key.
//
// Pure. There it proves that the server has understood the handshake, and protects nothing (RFC 6455, 1.3); nothing
// else may use it. OpenSSL's is not at hand: a service without TLS does not load that.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace orrery::http::ws {

std::array<std::uint8_t, 20> sha1(std::string_view text);

}  // namespace orrery::http::ws
