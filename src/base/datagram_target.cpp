#include "base/datagram_target.hpp"

#include <fmt/core.h>

#include "base/whole_number.hpp"

namespace orrery::base {

namespace {

/// Takes the prefix off; false when the text does not begin so.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

Result<DatagramTarget> parse_datagram_target(std::string_view text, std::string_view port) {
  constexpr std::size_t kLongestPath = 107;
  const auto refused = [text] {
    return fail(fmt::format("`{}` is not udp://HOST:PORT, udp://[V6]:PORT or unix:PATH", text));
  };
  std::string_view rest = text;
  if (take(rest, "unix:")) {
    take(rest, "//");
    if (rest.ends_with("#dgram")) rest.remove_suffix(6);
    if (rest.ends_with("#stream")) return fail(fmt::format("`{}`: only sockets of datagrams are spoken to", text));
    if (rest.empty() || rest.size() > kLongestPath) return refused();
    return DatagramTarget{std::string{rest}, {}, {}};
  }
  if (rest.starts_with("tcp:")) return fail(fmt::format("`{}`: TCP is not spoken; write udp:// or unix:", text));
  take(rest, "udp://");
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  std::string_view host = rest.substr(0, has_port ? colon : rest.size());
  if (has_port) port = rest.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto number = whole_number<unsigned>(port);
  const bool named = !host.empty() && host.find_first_of(bracketed ? "/[]@ " : "/[]@: ") == std::string_view::npos;
  if (!named || !number || *number == 0 || *number > 65535) return refused();
  return DatagramTarget{{}, std::string{host}, std::string{port}};
}

}  // namespace orrery::base
