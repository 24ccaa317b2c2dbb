#include "http/ws/handshake.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "base/lower_case.hpp"
#include "http/characters.hpp"
#include "http/ws/sha1.hpp"

namespace orrery::http::ws {

namespace {

using Verdict = Handshake::Verdict;

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8U | (i < here ? bytes[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= here ? kDigits[group >> (18U - 6U * i) & 0x3fU] : '=';
  }
  return text;
}

/// 16 bytes in base64.
bool is_key(std::string_view text) {
  return text.size() == 24 && text.ends_with("==") &&
         text.substr(0, 22).find_first_not_of(kDigits) == std::string_view::npos;
}

/// Whether an element of a field of this name, which may stand on several lines, is one that `is_wanted` takes.
template <class Wanted>
bool lists(const Message& message, std::string_view name, Wanted&& is_wanted) {
  bool found = false;
  for (const FieldSpan& span : message.fields) {
    const Field field = message.field(span);
    if (!same_field_name(field.name, name)) continue;
    for_each_element(field.value, [&](std::string_view one) { found = found || is_wanted(one); });
  }
  return found;
}

/// The same for a word in any case.
bool lists_word(const Message& message, std::string_view name, std::string_view word) {
  return lists(message, name, [word](std::string_view one) { return same_field_name(one, word); });
}

std::size_t count(const Message& message, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(message.fields.begin(), message.fields.end(), [&](const auto& span) {
    return same_field_name(message.field(span).name, name);
  }));
}

/// "https://Example.org:443" -> "example.org": its port is left out where the scheme tells it.
std::string host_of_origin(const std::string& origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string::npos) return {};
  std::string_view host = std::string_view{origin}.substr(scheme + 3);
  const std::string_view usual = origin.starts_with("https:") ? ":443" : ":80";
  if (host.ends_with(usual)) host.remove_suffix(usual.size());
  return std::string{host};
}

bool may_connect(const Message& message, const std::vector<std::string>& origins) {
  const auto field = message.field_value("origin");
  if (!field) return true;
  const std::string origin = base::lower_case(*field);
  if (!origins.empty()) {
    return std::any_of(origins.begin(), origins.end(),
                       [&](const std::string& one) { return one == "*" || base::lower_case(one) == origin; });
  }
  const std::string page = host_of_origin(origin);
  const std::string scheme = origin.substr(0, origin.find(':'));
  return !page.empty() && page == host_of_origin(scheme + "://" + base::lower_case(message.view(message.authority)));
}

bool offers(const Message& message, std::string_view protocol) {
  return lists(message, "sec-websocket-protocol", [protocol](std::string_view one) { return one == protocol; });
}

std::string choose_protocol(const Message& message, const std::vector<std::string>& protocols) {
  const auto chosen =
      std::find_if(protocols.begin(), protocols.end(), [&](const std::string& one) { return offers(message, one); });
  return chosen == protocols.end() ? std::string{} : *chosen;
}

std::optional<Deflate> agree_on_deflate(const Message& message) {
  for (const FieldSpan& span : message.fields) {
    const Field field = message.field(span);
    if (!same_field_name(field.name, "sec-websocket-extensions")) continue;
    if (const auto deflate = choose_deflate(field.value)) return deflate;
  }
  return std::nullopt;
}

/// Over HTTP/2 the request is one by its form, and nothing proves that the server has understood (RFC 8441, 5).
bool opens_tunnel(const Message& message) { return message.framing == BodyFraming::kTunnel; }

bool asks_for_upgrade(const Message& message) {
  return message.protocol == base::Protocol::kHttp11 && lists_word(message, "connection", "upgrade") &&
         lists_word(message, "upgrade", "websocket");
}

std::string_view fault_of(const Message& message) {
  if (opens_tunnel(message))
    return message.content_length != 0 ? "A WebSocket begins without a body." : std::string_view{};
  if (message.method != "GET") return "A WebSocket begins with a GET.";
  if (message.framing != BodyFraming::kNone && message.content_length != 0) return "A WebSocket begins without a body.";
  if (message.framing == BodyFraming::kChunked) return "A WebSocket begins without a body.";
  if (count(message, "sec-websocket-key") != 1) return "A WebSocket needs one Sec-WebSocket-Key.";
  if (!is_key(*message.field_value("sec-websocket-key"))) return "Sec-WebSocket-Key is not 16 bytes in base64.";
  return {};
}

}  // namespace

std::string accept_of(std::string_view key) {
  return base64(sha1(std::string{key}.append("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}

Handshake judge_handshake(const Message& message, const WebSocketOptions& options) {
  if (!opens_tunnel(message) && !asks_for_upgrade(message)) return {};
  if (message.field_value("sec-websocket-version") != "13") return {.verdict = Verdict::kOtherVersion};
  if (const std::string_view fault = fault_of(message); !fault.empty())
    return {.verdict = Verdict::kBad, .fault = fault};
  if (!may_connect(message, options.origins)) return {.verdict = Verdict::kForeignOrigin};
  return {.verdict = Verdict::kGood,
          .accept = opens_tunnel(message) ? std::string{} : accept_of(*message.field_value("sec-websocket-key")),
          .protocol = choose_protocol(message, options.protocols),
          .deflate = options.compress ? agree_on_deflate(message) : std::nullopt};
}

}  // namespace orrery::http::ws
