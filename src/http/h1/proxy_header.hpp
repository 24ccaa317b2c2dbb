// ProxyHeader: what a proxy says, in front of the first request, about the connection it forwards.
//
// haproxy's PROXY protocol (proxy-protocol.txt), versions 1 (a line of text) and 2 (binary). Pure: looks at bytes and
// tells what they say; whether the peer is believed, and whether a header must be there, is the connection's affair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.hpp"

namespace orrery::http::h1 {

struct ProxyHeader {
  enum class Kind : std::uint8_t {
    kMore,      ///< may become a header
    kAbsent,    ///< begins with something else
    kRefused,   ///< begins like one and is none
    kComplete,  ///< `consumed` bytes long
  };
  Kind kind = Kind::kMore;
  std::size_t consumed = 0;
  /// Who asked the proxy. Nothing when the proxy speaks for itself (LOCAL, a health check) or does not know (UNKNOWN,
  /// UNSPEC, datagrams).
  std::optional<base::Address> source;

  /// Longest header that is read, in bytes; the extensions of version 2 could make it 65,551.
  static constexpr std::size_t kLongest = 4096;

  /// `bytes`: everything that came on the connection so far; not empty.
  static ProxyHeader parse(std::string_view bytes);
};

}  // namespace orrery::http::h1
