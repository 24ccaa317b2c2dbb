#include "base/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <fmt/core.h>
#include <netinet/in.h>
#include <optional>

#include "base/whole_number.hpp"

namespace orrery::base {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedV4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const std::array<std::uint8_t, 16>& ip) {
  return std::equal(kMappedV4.begin(), kMappedV4.end(), ip.begin());
}

void set_v4(Address& out, const void* four_bytes) {
  out.family = Address::Family::kV4;
  std::copy(kMappedV4.begin(), kMappedV4.end(), out.ip.begin());
  std::memcpy(out.ip.data() + 12, four_bytes, 4);
}

// An IPv4 peer of a dual-stack socket arrives as ::ffff:a.b.c.d; it is the same peer.
void set_v6(Address& out, const void* sixteen_bytes) {
  std::memcpy(out.ip.data(), sixteen_bytes, 16);
  out.family = is_mapped(out.ip) ? Address::Family::kV4 : Address::Family::kV6;
}

bool same_prefix(const std::array<std::uint8_t, 16>& a, const std::array<std::uint8_t, 16>& b, unsigned bits) {
  const unsigned bytes = bits / 8;
  if (!std::equal(a.begin(), a.begin() + bytes, b.begin())) return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffU << (8 - rest));
  return (a[bytes] & mask) == (b[bytes] & mask);
}

Address masked(Address address, unsigned bits) {
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned kept = bits <= i * 8 ? 0 : std::min(8U, bits - i * 8);
    address.ip[i] = static_cast<std::uint8_t>(address.ip[i] & (0xff00U >> kept));
  }
  return address;
}

}  // namespace

std::string_view Address::format_ip(std::array<char, 46>& out) const {
  if (family == Family::kUnix) return "unix";
  if (family == Family::kNone) return "-";
  if (family == Family::kV6) return ::inet_ntop(AF_INET6, ip.data(), out.data(), static_cast<socklen_t>(out.size()));
  char* at = out.data();
  for (std::size_t byte = 12; byte < ip.size(); ++byte) {
    if (byte > 12) *at++ = '.';
    at = std::to_chars(at, at + 3, ip[byte]).ptr;
  }
  return {out.data(), static_cast<std::size_t>(at - out.data())};
}

std::string Address::to_string() const {
  std::array<char, 46> text{};
  const auto shown = format_ip(text);
  if (family == Family::kV4) return fmt::format("{}:{}", shown, port);
  if (family == Family::kV6) return fmt::format("[{}]:{}", shown, port);
  return std::string{shown};
}

bool Address::is_loopback() const {
  constexpr std::array<std::uint8_t, 16> kV6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (family == Family::kV4) return ip[12] == 127;
  return family == Family::kV6 && ip == kV6;
}

Address Address::from_sockaddr(const sockaddr* address, socklen_t length) {
  Address out;
  if (address == nullptr || length < sizeof(sa_family_t)) return out;
  if (address->sa_family == AF_UNIX) out.family = Family::kUnix;
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    set_v4(out, &in.sin_addr);
    out.port = ntohs(in.sin_port);
  }
  if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    set_v6(out, &in.sin6_addr);
    out.port = ntohs(in.sin6_port);
  }
  return out;
}

socklen_t Address::to_sockaddr(sockaddr_storage& out) const {
  out = {};
  if (family == Family::kV4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, ip.data() + 12, 4);
    std::memcpy(&out, &in, sizeof in);
    return sizeof in;
  }
  if (family != Family::kV6) return 0;
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  std::memcpy(&in.sin6_addr, ip.data(), 16);
  std::memcpy(&out, &in, sizeof in);
  return sizeof in;
}

Result<Address> parse_ip(std::string_view text) {
  const std::string terminated{text};
  std::array<std::uint8_t, 16> bytes{};
  Address out;
  // inet_pton would stop at an embedded NUL and accept what stands before it.
  if (terminated.find('\0') == std::string::npos) {
    if (::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) {
      set_v4(out, bytes.data());
      return out;
    }
    if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) {
      set_v6(out, bytes.data());
      return out;
    }
  }
  return fail(fmt::format("`{}` is not an IPv4 or IPv6 address", text));
}

Result<AddressSet> AddressSet::parse(const std::vector<std::string>& entries) {
  AddressSet set;
  for (const std::string& entry : entries) {
    if (entry == "*") {
      set.everybody_ = true;
      continue;
    }
    if (const auto zone = entry.find('%'); zone != std::string::npos)
      return fail(fmt::format("`{}` has a zone, which peers have not; write {}", entry, entry.substr(0, zone)));
    const auto slash = entry.find('/');
    const auto address = parse_ip(std::string_view{entry}.substr(0, slash));
    if (!address) return fail(fmt::format("`{}` is neither an address, a network such as 10.0.0.0/8, nor `*`", entry));
    const unsigned width = address->family == Address::Family::kV4 ? 32 : 128;
    unsigned prefix = width;
    if (slash != std::string::npos) {
      const auto given = whole_number<unsigned>(std::string_view{entry}.substr(slash + 1));
      if (!given || *given > width) {
        return fail(fmt::format("`{}` needs a prefix length from 0 to {} after the slash", entry, width));
      }
      prefix = *given;
    }
    const unsigned bits = prefix + (128 - width);
    const Address network = masked(*address, bits);
    if (network != *address) {
      std::array<char, 46> text{};
      return fail(
          fmt::format("`{}` has bits set beyond its prefix; write {}/{}", entry, network.format_ip(text), prefix));
    }
    set.networks_.push_back({network.ip, bits});
  }
  return set;
}

bool AddressSet::contains(const Address& address) const {
  if (everybody_ || address.family == Address::Family::kUnix) return true;
  if (address.family == Address::Family::kNone) return false;
  const bool v4 = address.family == Address::Family::kV4;
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    // ::/0 means every IPv6 peer; that IPv4 is kept as ::ffff:0:0/96 is our affair only.
    const bool v4_network = network.prefix >= 96 && is_mapped(network.ip);
    return v4 == v4_network && same_prefix(address.ip, network.ip, network.prefix);
  });
}

}  // namespace orrery::base
