#include "http/sendable.hpp"

#include <algorithm>
#include <array>

#include "http/characters.hpp"

namespace orrery::http {

namespace {

/// RFC 9110, 6.5.1: fields that frame, route, authenticate or are needed before the body, in alphabetical order.
constexpr std::array<std::string_view, 24> kNeverTrailers{"authorization",
                                                          "cache-control",
                                                          "connection",
                                                          "content-encoding",
                                                          "content-length",
                                                          "content-range",
                                                          "content-type",
                                                          "cookie",
                                                          "expect",
                                                          "forwarded",
                                                          "host",
                                                          "if-match",
                                                          "if-modified-since",
                                                          "if-none-match",
                                                          "if-range",
                                                          "if-unmodified-since",
                                                          "keep-alive",
                                                          "max-forwards",
                                                          "proxy-authorization",
                                                          "range",
                                                          "te",
                                                          "trailer",
                                                          "transfer-encoding",
                                                          "upgrade"};

}  // namespace

bool is_servers_own(std::string_view name) {
  switch (name.size()) {
    case 4: return same_field_name(name, "date");
    case 6: return same_field_name(name, "server");
    case 7: return same_field_name(name, "upgrade");
    case 10: return same_field_name(name, "connection") || same_field_name(name, "keep-alive");
    case 12: return same_field_name(name, "x-request-id");
    case 14: return same_field_name(name, "content-length");
    case 16: return same_field_name(name, "proxy-connection");
    case 17: return same_field_name(name, "transfer-encoding");
    default: return false;
  }
}

bool is_never_trailer(std::string_view name) {
  return std::any_of(kNeverTrailers.begin(), kNeverTrailers.end(),
                     [&](std::string_view never) { return equals_ignoring_case(name, never); });
}

bool is_sendable(const Response& response) {
  if (response.status() < 200 || response.status() > 599) return false;
  if (!has_only_field_bytes(response.media_type())) return false;
  if (!response.has_extras()) return true;
  const auto& fields = response.fields();
  return std::all_of(fields.begin(), fields.end(), [](const auto& field) {
    const auto& [name, value] = field;
    return !name.empty() && token_length(name) == name.size() && has_only_field_bytes(value);
  });
}

}  // namespace orrery::http
