#include "http/h1/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>

namespace orrery::http::h1 {

using base::Address;
using Kind = ProxyHeader::Kind;

namespace {

constexpr std::string_view kTextStart = "PROXY ";
/// proxy-protocol.txt, 2.1: the longest line, its CRLF included.
constexpr std::size_t kLongestText = 107;
constexpr std::string_view kBinaryStart{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kBinaryHead = 16;
// proxy-protocol.txt, 2.2: the two halves of the 14th byte.
constexpr unsigned kHighestFamily = 3;    // unspecified, IPv4, IPv6, unix
constexpr unsigned kHighestProtocol = 2;  // unspecified, stream, datagram

ProxyHeader refused() { return {Kind::kRefused, 0, {}}; }
ProxyHeader complete(std::size_t consumed, std::optional<Address> source) {
  return {Kind::kComplete, consumed, source};
}

/// Decimal, without sign or leading zeros.
std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || (text.size() > 1 && text.front() == '0')) return {};
  return port;
}

/// An IPv6 address that stands for an IPv4 one (::ffff:192.0.2.1) is that one.
std::optional<Address> address_of(std::string_view ip, std::string_view port, bool v4) {
  auto address = base::parse_ip(ip);
  const auto number = port_of(port);
  const bool has_colon = ip.find(':') != std::string_view::npos;
  if (!address || has_colon == v4 || !number) return {};
  address->port = *number;
  return *address;
}

/// The words of a line, with exactly one space between two; the last takes what is left.
std::array<std::string_view, 5> words_of(std::string_view line) {
  std::array<std::string_view, 5> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool last = i + 1 == words.size();
    words[i] = last ? line : line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), words[i].size() + 1));
  }
  return words;
}

ProxyHeader parse_text(std::string_view bytes) {
  const std::size_t lf = bytes.substr(0, kLongestText).find('\n');
  if (lf == std::string_view::npos) return bytes.size() < kLongestText ? ProxyHeader{} : refused();
  if (bytes[lf - 1] != '\r') return refused();
  const std::string_view line = bytes.substr(kTextStart.size(), lf - 1 - kTextStart.size());
  const auto [protocol, source, target, source_port, target_port] = words_of(line);
  if (protocol == "UNKNOWN") return complete(lf + 1, {});
  const bool v4 = protocol == "TCP4";
  if (!v4 && protocol != "TCP6") return refused();
  const auto from = address_of(source, source_port, v4);
  if (!from || !address_of(target, target_port, v4)) return refused();
  return complete(lf + 1, from);
}

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// The block: source address, target address, source port, target port, all in network order.

Address v4_source(std::string_view block) {
  sockaddr_in from{};
  from.sin_family = AF_INET;
  std::memcpy(&from.sin_addr, block.data(), 4);
  std::memcpy(&from.sin_port, block.data() + 8, 2);
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&from), sizeof from);
}

Address v6_source(std::string_view block) {
  sockaddr_in6 from{};
  from.sin6_family = AF_INET6;
  std::memcpy(&from.sin6_addr, block.data(), 16);
  std::memcpy(&from.sin6_port, block.data() + 32, 2);
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&from), sizeof from);
}

Address unix_source() {
  Address peer;
  peer.family = Address::Family::kUnix;
  return peer;
}

ProxyHeader parse_binary(std::string_view bytes) {
  if (bytes.size() < kBinaryHead) return {};
  const unsigned version_and_command = byte_at(bytes, 12);
  const unsigned family_and_protocol = byte_at(bytes, 13);
  const std::size_t length = byte_at(bytes, 14) << 8 | byte_at(bytes, 15);
  const bool local = version_and_command == 0x20;
  if (!local && version_and_command != 0x21) return refused();
  if (kBinaryHead + length > ProxyHeader::kLongest) return refused();
  if (bytes.size() < kBinaryHead + length) return {};
  const std::string_view block = bytes.substr(kBinaryHead, length);
  const std::size_t end = kBinaryHead + length;
  if (local) return complete(end, {});
  switch (family_and_protocol) {
    case 0x11: return length < 12 ? refused() : complete(end, v4_source(block));
    case 0x21: return length < 36 ? refused() : complete(end, v6_source(block));
    case 0x31: return length < 216 ? refused() : complete(end, unix_source());
    default: break;
  }
  // Datagrams, and what the proxy itself could not name: a connection whose ends are left as they are.
  const bool known = family_and_protocol >> 4 <= kHighestFamily && (family_and_protocol & 15) <= kHighestProtocol;
  return known ? complete(end, {}) : refused();
}

bool may_begin(std::string_view bytes, std::string_view start) {
  const std::size_t size = std::min(bytes.size(), start.size());
  return bytes.substr(0, size) == start.substr(0, size);
}

}  // namespace

ProxyHeader ProxyHeader::parse(std::string_view bytes) {
  if (may_begin(bytes, kTextStart)) return bytes.size() < kTextStart.size() ? ProxyHeader{} : parse_text(bytes);
  if (may_begin(bytes, kBinaryStart)) return parse_binary(bytes);
  return {Kind::kAbsent, 0, {}};
}

}  // namespace orrery::http::h1
