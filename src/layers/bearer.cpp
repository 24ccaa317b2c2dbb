#include "orrery/bearer.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "layers/text.hpp"

namespace orrery {

namespace {

constexpr std::string_view kScheme = "Bearer ";

/// Left with a request whose token is not known: then the client is told that it is not worth another try.
struct Unknown {};

}  // namespace

bool same_secret(std::string_view a, std::string_view b) {
  // Every byte of the longer one is looked at, whatever the others are.
  volatile unsigned char different = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const char x = i < a.size() ? a[i] : '\0';
    const char y = i < b.size() ? b[i] : '\0';
    different = static_cast<unsigned char>(different | static_cast<unsigned char>(x ^ y));
  }
  return different == 0;
}

namespace bearers {

std::string_view token_of(Request& request) {
  const std::string_view value = request.field("authorization").value_or(std::string_view{});
  const bool scheme = layers::same_name(value.substr(0, kScheme.size()), kScheme);
  const std::string_view token = scheme ? layers::trimmed(value.substr(kScheme.size())) : std::string_view{};
  if (token.empty() || token.find(' ') != std::string_view::npos)
    throw HttpError{401, "This needs `Authorization: Bearer` with a token."};
  return token;
}

void refuse(Request& request) {
  request.extras().set(Unknown{});
  throw HttpError{401, "The token is not known here."};
}

void challenge(const Request& request, Response& response, const std::string& realm) {
  if (response.status() != 401 || response.field("www-authenticate")) return;
  const bool unknown = request.extras().get<Unknown>() != nullptr;
  response.add_field("WWW-Authenticate", "Bearer realm=\"" + realm + (unknown ? "\", error=\"invalid_token\"" : "\""));
}

}  // namespace bearers

}  // namespace orrery
