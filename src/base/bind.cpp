#include "base/bind.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <sys/un.h>
#include <vector>

#include "base/whole_number.hpp"

namespace orrery::base {
namespace {

constexpr std::uint16_t kDefaultPort = 8000;
// sun_path must hold the path and its terminating NUL.
constexpr std::size_t kLongestUnixPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::string_view kProxyProtocol = "proxy_protocol";
constexpr std::string_view kIpv6Only = "ipv6only";
constexpr std::string_view kTls = "tls";

struct Option {
  std::string_view name;
  std::string_view value;  ///< without an address where the option is a word alone
};

/// A setting cut into its address and what stands behind it.
struct Words {
  std::string_view address;
  std::vector<Option> options;
};

bool is_known(std::string_view name) { return name == kProxyProtocol || name == kIpv6Only || name == kTls; }

/// The last word, when it looks like an option. A unix path may have blanks and `=`: behind it only known
/// names are options.
std::optional<Option> last_option(std::string_view text) {
  const auto blank = text.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto word = text.substr(blank + 1);
  if (word == kTls) return Option{word, {}};
  const auto equals = word.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const Option option{word.substr(0, equals), word.substr(equals + 1)};
  const bool path = text.starts_with("unix:");
  return is_known(option.name) || !path ? std::optional{option} : std::nullopt;
}

Words cut(std::string_view text) {
  Words words{text, {}};
  while (const auto option = last_option(words.address)) {
    words.options.push_back(*option);
    words.address = words.address.substr(0, words.address.rfind(' '));
    while (words.address.ends_with(' ')) words.address.remove_suffix(1);
  }
  return words;
}

Result<std::optional<std::string_view>> find(const Words& words, std::string_view name) {
  std::optional<std::string_view> value;
  for (const Option& option : words.options) {
    if (option.name != name) continue;
    if (value) return fail(fmt::format("`{}{}` stands there twice; remove one", name, name == kTls ? "" : "="));
    value = option.value;
  }
  return value;
}

Result<std::optional<ProxyProtocol>> read_proxy_protocol(const Words& words) {
  const auto word = find(words, kProxyProtocol);
  if (!word) return fail(word);
  if (!*word) return std::nullopt;
  if (**word == "off") return ProxyProtocol::kOff;
  if (**word == "optional") return ProxyProtocol::kOptional;
  if (**word == "required") return ProxyProtocol::kRequired;
  return fail(fmt::format("`{}` is not off, optional or required, which proxy_protocol= may be", **word));
}

/// Whether `ipv6only=off` is there.
Result<bool> read_both_families(const Words& words) {
  const auto word = find(words, kIpv6Only);
  if (!word) return fail(word);
  if (!*word || **word == "on") return false;
  if (**word == "off") return true;
  return fail(fmt::format("`{}` is neither on nor off, which ipv6only= may be", **word));
}

Result<void> check_names(const Words& words) {
  for (const Option& option : words.options) {
    if (option.name == kTls && option.value.data())
      return fail(fmt::format("`tls={}` has a value; write `tls` alone, or leave it out", option.value));
    if (is_known(option.name)) continue;
    return fail(
        fmt::format("`{}` is no option of an address; known are proxy_protocol=, ipv6only= and tls", option.name));
  }
  if (const auto twice = find(words, kTls); !twice) return fail(twice);
  return {};
}

Result<std::uint16_t> read_port(std::string_view text) {
  const auto port = whole_number<std::uint16_t>(text);
  if (text.find(' ') != std::string_view::npos)
    return fail(fmt::format("`{}` is not a port; write the number alone, and options behind it as NAME=value", text));
  if (!port) return fail(fmt::format("`{}` is not a port; write a number from 0 to 65535", text));
  return *port;
}

Result<Address> resolve_host(std::string_view host) {
  if (host.empty()) return parse_ip("0.0.0.0");
  if (host == "localhost") return parse_ip("127.0.0.1");
  if (host == "*") return fail("`*` is not an address; for every address write 0.0.0.0, or [::] for IPv6");
  const bool digits = std::all_of(host.begin(), host.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits) return fail(fmt::format("`{0}` is not an address; for port {0} write `:{0}`", host));
  auto address = parse_ip(host);
  if (address) return address;
  return fail(fmt::format("`{}` is not a numeric address; names are not looked up, so write its IP address", host));
}

Result<BindTarget> tcp_target(Result<Address> address, Result<std::uint16_t> port) {
  if (!address) return fail(address);
  if (!port) return fail(port);
  BindTarget target;
  target.address = *address;
  target.address.port = *port;
  return target;
}

Result<BindTarget> parse_unix(std::string_view path) {
  // gunicorn also takes the URL form unix:///run/x.sock.
  if (path.substr(0, 2) == "//") path.remove_prefix(2);
  if (path.empty()) return fail("`unix:` needs a path, such as unix:/run/orrery.sock");
  if (path == "@") return fail("`unix:@` needs a name, such as unix:@orrery");
  // The name of an abstract socket has no NUL behind it, but one in the place of its `@`.
  const std::size_t longest = path[0] == '@' ? kLongestUnixPath + 1 : kLongestUnixPath;
  if (path.size() > longest) {
    return fail(fmt::format("the socket path is {} bytes long; the kernel takes at most {}", path.size(), longest));
  }
  BindTarget target;
  target.kind = BindTarget::Kind::kUnix;
  target.path = path;
  return target;
}

Result<BindTarget> parse_inherited(std::string_view number) {
  const auto fd = whole_number<int>(number);
  if (!fd || *fd < 0) return fail(fmt::format("`fd://{}` names no descriptor; write fd://3", number));
  BindTarget target;
  target.kind = BindTarget::Kind::kInherited;
  target.fd = *fd;
  return target;
}

bool is_link_local(const Address& address) {
  return address.family == Address::Family::kV6 && address.ip[0] == 0xfe && (address.ip[1] & 0xc0U) == 0x80;
}

bool is_any(Address address) {
  address.port = 0;
  return address == *parse_ip(address.family == Address::Family::kV4 ? "0.0.0.0" : "::");
}

Result<void> check_zone(const BindTarget& target, std::string_view text, bool given) {
  const bool link_local = is_link_local(target.address);
  if (given && target.zone.empty()) return fail(fmt::format("`{}` has an empty zone after the %", text));
  if (given && !link_local)
    return fail(fmt::format("`{}` has a zone, which only link-local addresses (fe80::/10) have", text));
  if (link_local && !given) {
    return fail(
        fmt::format("`{}` is link-local and each interface has its own: name one, as [fe80::1%eth0]:8000", text));
  }
  return {};
}

Result<BindTarget> parse_bracketed(std::string_view text) {
  const auto close = text.find(']');
  if (close == std::string_view::npos) return fail(fmt::format("`{}` has no closing bracket", text));
  const auto rest = text.substr(close + 1);
  if (!rest.empty() && rest[0] != ':') return fail(fmt::format("after the bracket of `{}` write :PORT", text));
  const auto inside = text.substr(1, close - 1);
  const auto percent = inside.find('%');
  const bool zoned = percent != std::string_view::npos;
  auto target = tcp_target(parse_ip(inside.substr(0, percent)),
                           rest.empty() ? Result<std::uint16_t>{kDefaultPort} : read_port(rest.substr(1)));
  if (!target) return target;
  if (zoned) target->zone = inside.substr(percent + 1);
  if (const auto fine = check_zone(*target, text, zoned); !fine) return fail(fine);
  return target;
}

Result<BindTarget> parse_address(std::string_view text) {
  if (text.starts_with("unix:")) return parse_unix(text.substr(5));
  if (text.starts_with("fd://")) return parse_inherited(text.substr(5));
  if (text.starts_with("tcp://")) text.remove_prefix(6);
  if (text.empty()) return fail("the address is empty; write HOST:PORT, [v6]:PORT, unix:PATH or fd://N");
  if (text[0] == '[') return parse_bracketed(text);
  if (text[0] == '/') return fail(fmt::format("for the unix socket {0} write unix:{0}", text));
  const auto colon = text.find(':');
  if (text.find(',') != std::string_view::npos)
    return fail("these are several addresses; write a list in YAML, and a flag for each on the command line");
  if (colon == std::string_view::npos) return tcp_target(resolve_host(text), kDefaultPort);
  if (text.find("://") != std::string_view::npos) return fail(fmt::format("`{}` is a URL; write HOST:PORT only", text));
  if (text.find(':', colon + 1) != std::string_view::npos) {
    return fail(fmt::format("`{}` has more than one colon; write an IPv6 address in brackets, as [::1]:8000", text));
  }
  return tcp_target(resolve_host(text.substr(0, colon)), read_port(text.substr(colon + 1)));
}

}  // namespace

BindOptions bind_options(std::string_view text) {
  const Words words = cut(text);
  const auto both = read_both_families(words);
  BindOptions options;
  options.address = std::string{words.address} + (both && *both ? " ipv6only=off" : "");
  if (const auto proxy = read_proxy_protocol(words)) options.proxy_protocol = *proxy;
  options.tls =
      std::any_of(words.options.begin(), words.options.end(), [](const Option& one) { return one.name == kTls; });
  return options;
}

Result<BindTarget> parse_bind(std::string_view text) {
  const Words words = cut(text);
  if (const auto known = check_names(words); !known) return fail(known);
  if (const auto option = read_proxy_protocol(words); !option) return fail(option);
  const auto both = read_both_families(words);
  if (!both) return fail(both);
  auto target = parse_address(words.address);
  if (!target) return target;
  target->both_families = *both;
  const bool wildcard = target->kind == BindTarget::Kind::kTcp && target->address.family == Address::Family::kV6 &&
                        is_any(target->address);
  const auto ipv6only = find(words, kIpv6Only);
  if (*ipv6only && !wildcard) return fail(fmt::format("ipv6only= belongs to [::] only, not to `{}`", words.address));
  return target;
}

bool overlap(const BindTarget& a, const BindTarget& b) {
  if (a.kind != b.kind) return false;
  if (a.kind != BindTarget::Kind::kTcp) return a == b;
  if (a.address.port != b.address.port || a.address.port == 0) return false;
  const bool any_a = is_any(a.address), any_b = is_any(b.address);
  if ((any_a && a.both_families) || (any_b && b.both_families)) return true;
  if (a.address.family != b.address.family) return false;
  return any_a || any_b || (a.address == b.address && a.zone == b.zone);
}

}  // namespace orrery::base
