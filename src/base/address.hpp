// Address: where a socket is, as a value; and AddressSet: the peers an operator trusts.
//
// Pure: parses and prints, opens nothing, looks no name up. What a `bind` setting means is in base/bind.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::base {

/// An IP address and port, or a unix socket. IPv4 is kept as ::ffff:a.b.c.d, so that comparing is one memcmp.
struct Address {
  enum class Family : std::uint8_t { kNone, kV4, kV6, kUnix };

  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;
  Family family = Family::kNone;

  /// "192.0.2.1", "2001:db8::1", "unix" or "-"; no port, no brackets. `out` needs 46 bytes.
  std::string_view format_ip(std::array<char, 46>& out) const;
  /// "192.0.2.1:80", "[2001:db8::1]:80", "unix".
  std::string to_string() const;

  static Address from_sockaddr(const sockaddr* address, socklen_t length);
  /// Fills `out` and returns its length; kV4 and kV6 only.
  socklen_t to_sockaddr(sockaddr_storage& out) const;

  /// 127.0.0.0/8 or ::1.
  [[nodiscard]] bool is_loopback() const;

  friend bool operator==(const Address&, const Address&) = default;
};

/// Reads a numeric IPv4 or IPv6 address.
Result<Address> parse_ip(std::string_view text);

/// A set of addresses and CIDR networks; `*` is everybody. Unix peers are always members.
class AddressSet {
 public:
  static Result<AddressSet> parse(const std::vector<std::string>& entries);
  [[nodiscard]] bool contains(const Address& address) const;

 private:
  struct Network {
    std::array<std::uint8_t, 16> ip{};
    unsigned prefix = 128;
  };
  std::vector<Network> networks_;
  bool everybody_ = false;
};

}  // namespace orrery::base
