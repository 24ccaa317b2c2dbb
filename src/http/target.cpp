#include "http/target.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <utility>

#include "http/characters.hpp"

namespace orrery::http {

using base::Reject;

namespace {

/// RFC 3986: unreserved and sub-delims of a reg-name.
constexpr std::array<bool, 256> kHostBytes = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view{"-._~!$&'()*+,;=0123456789"}) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

std::optional<char> decode_escape(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return {};
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  if (high < 0 || low < 0) return {};
  return static_cast<char>(high << 4 | low);
}

std::size_t reg_name_length(std::string_view text) {
  // Most hosts are letters, digits, dots and hyphens.
  const std::size_t plain = sixteen::walk(
      text,
      [](sixteen::Block bytes) {
        return ~(((bytes | 0x20) - 'a' < 26) | (bytes - '0' < 10) | (bytes == '.') | (bytes == '-'));
      },
      [](char) { return true; });
  for (std::size_t i = plain;; i += 3) {
    while (i < text.size() && kHostBytes[static_cast<unsigned char>(text[i])]) ++i;
    if (i == text.size() || text[i] != '%' || !decode_escape(text, i)) return i;
  }
}

/// May be empty (RFC 3986, 3.2.3).
bool is_port(std::string_view text) {
  while (text.size() > 5 && text.front() == '0') text.remove_prefix(1);
  if (text.size() > 5) return false;
  unsigned port = 0;
  for (const char c : text) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(c)) - '0';
    if (digit > 9) return false;
    port = port * 10 + digit;
  }
  return port < 65536;
}

bool is_ip_literal(std::string_view text) {
  if (text.size() < 4 || text.size() > 2 + INET6_ADDRSTRLEN || text.front() != '[' || text.back() != ']') return false;
  const std::string address{text.substr(1, text.size() - 2)};
  in6_addr parsed;
  return ::inet_pton(AF_INET6, address.c_str(), &parsed) == 1;
}

bool is_host_and_port(std::string_view authority) {
  const std::size_t host_end = reg_name_length(authority);
  if (host_end == authority.size()) return host_end > 0;
  if (host_end > 0) return authority[host_end] == ':' && is_port(authority.substr(host_end + 1));
  const std::size_t bracket = authority.find(']');
  if (bracket == std::string_view::npos || !is_ip_literal(authority.substr(0, bracket + 1))) return false;
  const std::string_view rest = authority.substr(bracket + 1);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

/// The authority that was valid last: most requests of a worker are for one.
struct LastAuthority {
  static constexpr std::size_t kNone = ~std::size_t{0};
  std::size_t length = kNone;
  std::array<char, 64> bytes{};

  [[nodiscard]] bool is(std::string_view authority) const {
    return authority.size() == length && std::memcmp(authority.data(), bytes.data(), length) == 0;
  }
  void keep(std::string_view authority) {
    if (authority.size() > bytes.size()) return;
    length = authority.size();
    std::memcpy(bytes.data(), authority.data(), length);
  }
};

/// Stands for a kept slash while segments are told apart; nothing else decodes to it.
constexpr char kKeptSlash = '\0';
constexpr std::string_view kSlashEscape = "%2F";

std::optional<Reject> decode_path(std::string_view path, EncodedSlash slash, std::string& out) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      out += path[i];
      continue;
    }
    const auto byte = decode_escape(path, i);
    if (!byte || *byte == '\0') return Reject::bad_target;
    if (*byte == '/' && slash == EncodedSlash::kRefuse) return Reject::encoded_slash;
    out += *byte == '/' ? kKeptSlash : *byte;
    i += 2;
  }
  return {};
}

void show_kept_slashes(NormalPath& path) {
  path.slashes.clear();
  if (path.text.find(kKeptSlash) == std::string::npos) return;
  std::string shown;
  for (const char c : path.text) {
    if (c == kKeptSlash) path.slashes.push_back(static_cast<std::uint32_t>(shown.size()));
    c == kKeptSlash ? shown.append(kSlashEscape) : shown.append(1, c);
  }
  path.text = std::move(shown);
}

/// RFC 3986, 5.2.4, on decoded segments.
void remove_dot_segments(std::string& path) {
  std::string kept;
  std::string_view rest = path;
  bool ends_in_slash = false;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    const bool dots = segment == "." || segment == "..";
    if (segment == "..") kept.erase(kept.empty() ? 0 : kept.rfind('/'));
    if (!dots) kept.append("/").append(segment);
    ends_in_slash = dots;
  }
  if (ends_in_slash || kept.empty()) kept += '/';
  path = std::move(kept);
}

}  // namespace

std::optional<Target> split_target(std::string_view target) {
  Target parts;
  if (target == "*") {
    parts.path = target;
    return parts;
  }
  if (!target.starts_with('/')) {
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) return {};
    const std::string_view name = target.substr(0, scheme);
    if (!equals_ignoring_case(name, "http") && !equals_ignoring_case(name, "https")) return {};
    target.remove_prefix(scheme + 3);
    parts.authority = target.substr(0, target.find_first_of("/?"));
    if (!is_valid_authority(parts.authority)) return {};
    target.remove_prefix(parts.authority.size());
    if (target.empty() || target.front() == '?') {
      parts.path = "/";
      parts.query = target.empty() ? target : target.substr(1);
      return parts;
    }
  }
  const std::size_t mark = target.find('?');
  parts.path = target.substr(0, mark);
  parts.query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  return parts;
}

bool is_plain_path(std::string_view path) {
  // Most paths have neither an escape nor a dot.
  std::size_t i = sixteen::walk(
      path, [](sixteen::Block bytes) { return (bytes == '%') | (bytes == '.'); },
      [](char c) { return c == '%' || c == '.'; });
  for (; i < path.size(); ++i) {
    if (path[i] == '%') return false;
    if (path[i] == '.' && i > 0 && path[i - 1] == '/') return false;
  }
  return true;
}

std::optional<Reject> normalize_path(std::string_view path, EncodedSlash slash, NormalPath& out) {
  out.text.clear();
  if (const auto reason = decode_path(path, slash, out.text)) return reason;
  remove_dot_segments(out.text);
  show_kept_slashes(out);
  return {};
}

void append_with_slashes(std::string& out, std::string_view text, std::size_t begin,
                         const std::vector<std::uint32_t>& slashes) {
  std::size_t done = 0;
  for (const std::uint32_t slash : slashes) {
    if (slash < begin || slash >= begin + text.size()) continue;
    out.append(text.substr(done, slash - begin - done)).append("/");
    done = slash - begin + kSlashEscape.size();
  }
  out.append(text.substr(done));
}

std::string decode_query_component(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? decode_escape(text, i) : std::nullopt;
    if (byte) i += 2;
    out += byte ? *byte : text[i] == '+' ? ' ' : text[i];
  }
  return out;
}

bool is_valid_authority(std::string_view authority) {
  static constinit thread_local LastAuthority last;
  if (last.is(authority)) return true;
  if (!is_host_and_port(authority)) return false;
  last.keep(authority);
  return true;
}

}  // namespace orrery::http
