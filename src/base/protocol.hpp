// Protocol: the version of HTTP in which a request came.
//
// A value that goes from the parser to the access log, the scoreboard and the report of a dead worker. One byte, with
// the same meaning in every process. Only code that speaks this protocol may ask which one it is. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace orrery::base {

enum class Protocol : std::uint8_t { kHttp10, kHttp11, kHttp2 };

/// As the access log shows it.
constexpr std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::kHttp10: return "HTTP/1.0";
    case Protocol::kHttp11: return "HTTP/1.1";
    case Protocol::kHttp2: return "HTTP/2.0";
  }
  return {};
}

}  // namespace orrery::base
