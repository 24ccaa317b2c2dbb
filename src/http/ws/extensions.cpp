#include "http/ws/extensions.hpp"

#include <algorithm>
#include <cstdint>

#include "base/whole_number.hpp"
#include "coding/message_deflate.hpp"
#include "http/characters.hpp"

namespace orrery::http::ws {

namespace {

/// Takes what stands in front of `separator` off `list`; a separator inside of quotes is none.
std::string_view take_until(std::string_view& list, char separator) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < list.size() && (quoted || list[at] != separator); ++at) {
    if (list[at] == '"') quoted = !quoted;
    if (list[at] == '\\' && quoted) ++at;
  }
  at = std::min(at, list.size());
  const std::string_view taken = trimmed(list.substr(0, at));
  list.remove_prefix(std::min(at + 1, list.size()));
  return taken;
}

bool is_token(std::string_view text) { return !text.empty() && token_length(text) == text.size(); }

/// A parameter's value, which must be a token, also where it stands in quotes (RFC 6455, 9.1).
std::optional<std::string_view> value_of(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (!is_token(text)) return std::nullopt;
  return text;
}

/// 8 to 15, without leading zeros.
std::optional<int> window_of(std::string_view value) {
  if (value.empty() || value.front() == '0') return std::nullopt;
  const auto window = base::whole_number<int>(value);
  return window && *window >= 8 && *window <= coding::kLargestWindow ? window : std::nullopt;
}

enum Parameter : std::uint8_t {
  kUnknown = 0,
  kServerAlone = 1,
  kClientAlone = 2,
  kServerWindow = 4,
  kClientWindow = 8
};

Parameter parameter_of(std::string_view name) {
  if (same_field_name(name, "server_no_context_takeover")) return kServerAlone;
  if (same_field_name(name, "client_no_context_takeover")) return kClientAlone;
  if (same_field_name(name, "server_max_window_bits")) return kServerWindow;
  if (same_field_name(name, "client_max_window_bits")) return kClientWindow;
  return kUnknown;
}

/// One parameter of an offer; false where the offer breaks the rules, or cannot be met.
bool take_parameter(std::string_view text, unsigned& seen, Deflate& deflate) {
  const std::size_t equals = text.find('=');
  const bool has_value = equals != std::string_view::npos;
  const Parameter which = parameter_of(trimmed(text.substr(0, equals)));
  if (which == kUnknown || (seen & which) != 0) return false;
  seen |= which;
  if (which == kServerAlone || which == kClientAlone) return !has_value;
  if (!has_value) return which == kClientWindow;
  const auto value = value_of(trimmed(text.substr(equals + 1)));
  const auto window = value ? window_of(*value) : std::nullopt;
  if (!window) return false;
  if (which == kClientWindow) return true;
  deflate = {.window = *window, .told = true};
  return *window >= coding::kLeastWindow;
}

std::optional<Deflate> judge_offer(std::string_view offer) {
  if (offer.ends_with(';')) return std::nullopt;
  if (!same_field_name(take_until(offer, ';'), "permessage-deflate")) return std::nullopt;
  Deflate deflate;
  unsigned seen = 0;
  while (!offer.empty())
    if (!take_parameter(take_until(offer, ';'), seen, deflate)) return std::nullopt;
  return deflate;
}

}  // namespace

std::optional<Deflate> choose_deflate(std::string_view offers) {
  while (!offers.empty())
    if (const auto deflate = judge_offer(take_until(offers, ','))) return deflate;
  return std::nullopt;
}

std::string spoken(const Deflate& deflate) {
  std::string text = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (deflate.told) text += "; server_max_window_bits=" + std::to_string(deflate.window);
  return text;
}

}  // namespace orrery::http::ws
