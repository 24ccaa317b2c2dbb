#include "http/forwarding.hpp"

#include <algorithm>
#include <utility>

#include "http/characters.hpp"
#include "http/message.hpp"

namespace orrery::http {

using base::Address;
using base::Reject;

namespace {

constexpr std::string_view kForwardedFor = "x-forwarded-for";
constexpr std::string_view kForwarded = "forwarded";

/// The address of "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:80"; nothing for
/// "unknown", an obfuscated name ("_gateway") and nonsense.
std::optional<Address> node_address(std::string_view node) {
  if (node.starts_with('[')) {
    node = node.substr(1, node.find(']') - 1);
  } else if (const auto colon = node.find(':'); colon != std::string_view::npos && colon == node.rfind(':')) {
    node = node.substr(0, colon);
  }
  const auto address = base::parse_ip(node);
  return address ? std::optional{*address} : std::nullopt;
}

/// A quoted-pair, or a quote that is never closed, could make an element out of part of another: nothing in such a list
/// is believed.
bool is_clear(std::string_view list) {
  return list.find('\\') == std::string_view::npos && std::count(list.begin(), list.end(), '"') % 2 == 0;
}

/// The elements of all fields of this name, the last first, split at commas outside quotes; `use` says whether to go
/// on. A list that is not clear counts as one element.
template <class Use>
void for_each_from_the_end(const Message& message, std::string_view name, Use&& use) {
  for (auto field = message.fields.rbegin(); field != message.fields.rend(); ++field) {
    if (!equals_ignoring_case(message.view(field->name), name)) continue;
    std::string_view list = message.view(field->value);
    if (!is_clear(list)) return static_cast<void>(use(list));
    while (!list.empty()) {
      std::size_t begin = list.size();
      for (bool quoted = false; begin > 0; --begin) {
        if (list[begin - 1] == '"') quoted = !quoted;
        if (list[begin - 1] == ',' && !quoted) break;
      }
      const std::string_view element = trimmed(list.substr(begin));
      if (!element.empty() && !use(element)) return;
      list = list.substr(0, begin == 0 ? 0 : begin - 1);
    }
  }
}

/// The value of a parameter of one Forwarded element: `for=192.0.2.1;proto=https`; without its quotes.
std::string_view forwarded_parameter(std::string_view element, std::string_view name) {
  while (!element.empty()) {
    const std::string_view pair = trimmed(element.substr(0, element.find(';')));
    element.remove_prefix(std::min(element.size(), element.find(';') + (element.find(';') < element.size())));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(pair.substr(0, equals), name)) continue;
    std::string_view value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

/// Where the walk over the proxies ended.
struct Origin {
  Address client;
  bool named = false;      ///< the field names somebody, or cannot be read
  bool hidden = false;     ///< who stands further away has no name: obfuscated, "unknown", none
  std::string_view proto;  ///< Forwarded: what the client's own proxy says of the scheme

  [[nodiscard]] bool tells_client() const { return named && !hidden; }
};

Origin walk(const Message& message, std::string_view field, const base::AddressSet& trusted) {
  const bool pairs = field == kForwarded;
  Origin origin{message.client, false, false, {}};
  for_each_from_the_end(message, field, [&](std::string_view element) {
    if (!is_clear(element)) {
      origin.named = true;
      return false;
    }
    const auto address = node_address(pairs ? forwarded_parameter(element, "for") : element);
    if (pairs) origin.proto = forwarded_parameter(element, "proto");
    // What has no name ends the walk: the proxy that hides it is as near as we get.
    origin.hidden = !address;
    if (!address) return false;
    origin.named = true;
    origin.client = *address;
    return trusted.contains(*address);
  });
  return origin;
}

/// A proxy sets one of the two fields and may hand the other through as the client sent it: which, we cannot know.
tl::expected<Address, Reject> client_of(const Origin& by_list, const Origin& by_pairs) {
  if (by_list.tells_client() && by_pairs.tells_client() && by_list.client.ip != by_pairs.client.ip)
    return tl::unexpected(Reject::contradicting_client);
  if (by_list.tells_client() != by_pairs.tells_client())
    return by_list.tells_client() ? by_list.client : by_pairs.client;
  return by_pairs.named ? by_pairs.client : by_list.client;
}

}  // namespace

Result<Forwarding> Forwarding::make(const Config& config) {
  auto trusted = base::AddressSet::parse(config.forwarded_allow_ips);
  if (!trusted) return fail(trusted);
  Forwarding forwarding;
  forwarding.trusted_ = std::move(*trusted);
  forwarding.list_ = config.forwarded_by != ForwardedBy::kForwarded;
  forwarding.pairs_ = config.forwarded_by != ForwardedBy::kXForwardedFor;
  if (forwarding.list_) forwarding.lengths_ |= length_bit(kForwardedFor.size());
  if (forwarding.pairs_) forwarding.lengths_ |= length_bit(kForwarded.size());
  for (const std::string& field : config.secure_scheme_headers) {
    const std::size_t equals = field.find('=');
    if (equals == std::string::npos) return fail("secure_scheme_headers: `" + field + "` is not NAME=value");
    forwarding.scheme_fields_.push_back({lower_case(field.substr(0, equals)), lower_case(field.substr(equals + 1))});
    forwarding.lengths_ |= length_bit(equals);
  }
  return forwarding;
}

std::optional<Reject> Forwarding::apply(Message& message) const {
  const Origin nothing{message.client, false, false, {}};
  const Origin by_list = list_ ? walk(message, kForwardedFor, trusted_) : nothing;
  const Origin by_pairs = pairs_ ? walk(message, kForwarded, trusted_) : nothing;
  const auto client = client_of(by_list, by_pairs);
  if (!client) return client.error();
  const auto secure = asked_over_https(message, by_pairs.proto);
  if (!secure) return secure.error();
  message.client = *client;
  message.secure = *secure;
  return {};
}

tl::expected<bool, Reject> Forwarding::asked_over_https(const Message& message, std::string_view proto) const {
  bool secure = false;
  bool plain = false;
  if (!proto.empty()) (equals_ignoring_case(proto, "https") ? secure : plain) = true;
  for (const FieldSpan& field : message.fields) {
    const std::string_view name = message.view(field.name);
    for (const SchemeField& scheme : scheme_fields_) {
      if (!same_field_name(name, scheme.name)) continue;
      for_each_element(message.view(field.value), [&](std::string_view element) {
        (same_field_name(element, scheme.value) ? secure : plain) = true;
      });
    }
  }
  if (secure && plain) return tl::unexpected(Reject::contradicting_scheme);
  return secure || (message.secure && !plain);
}

Result<Proxies> Proxies::make(const Config& config) {
  auto forwarding = Forwarding::make(config);
  if (!forwarding) return fail(forwarding);
  auto connection = base::AddressSet::parse(config.proxy_allow_ips);
  if (!connection) return fail(connection);
  return Proxies{std::move(*forwarding), std::move(*connection)};
}

}  // namespace orrery::http
