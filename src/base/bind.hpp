// Bind: what a `bind` setting means: where a listener is to be, and how it is opened.
//
// Pure: parses, prints and compares; opens nothing and looks no name up (`localhost` is understood, and the
// zone of a link-local address stays the text it is). Master and workers read the same settings with it.
//
// After the address, words may follow, with blanks between them:
//   tls                                    connections speak TLS; any address
//   proxy_protocol=off|optional|required   whether connections begin with a PROXY header; any address
//   ipv6only=on|off                        off: [::] takes IPv4 too; only [::]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/address.hpp"

namespace orrery::base {

struct BindTarget {
  enum class Kind : std::uint8_t { kTcp, kUnix, kInherited };
  Kind kind = Kind::kTcp;
  Address address;             ///< kTcp
  std::string zone;            ///< kTcp: the interface of a link-local address, by name or number
  bool both_families = false;  ///< kTcp, [::]: IPv4 too
  std::string path;            ///< kUnix; `@name` is no file but a name of Linux's abstract namespace
  int fd = -1;                 ///< kInherited
  friend bool operator==(const BindTarget&, const BindTarget&) = default;

  [[nodiscard]] bool is_abstract() const { return kind == Kind::kUnix && path.starts_with('@'); }
};

/// Reads `HOST`, `HOST:PORT`, `:PORT`, `[v6]`, `[v6%zone]:PORT`, `unix:PATH`, `unix:@NAME`, `fd://N`, and the
/// options behind it. Default port 8000; HOST is a numeric address, `localhost` (127.0.0.1), or empty
/// (0.0.0.0).
Result<BindTarget> parse_bind(std::string_view text);

/// What of a `bind` setting makes its socket, and what it says of the connections that come there.
struct BindOptions {
  std::string address;  ///< with ` ipv6only=off` where it is so: the same text means the same socket
  std::optional<ProxyProtocol> proxy_protocol;  ///< nothing: as the setting for all says
  bool tls = false;
};

/// Of a setting that parse_bind() takes; an option that it refuses is as if it were not there.
BindOptions bind_options(std::string_view text);

/// Whether the kernel gives only one of the two a socket: they are the same place, or one of them is every
/// address and takes the other's port too. Port 0 is another port each time.
bool overlap(const BindTarget& a, const BindTarget& b);

}  // namespace orrery::base
