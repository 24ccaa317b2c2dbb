#include "admin/door.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "orrery/bearer.hpp"

#include "base/json_text.hpp"
#include "base/lower_case.hpp"

namespace orrery::admin {

namespace {

Response refusal(int status, std::string_view text) {
  static const FixedFields kNeverStored{{"Cache-Control", "no-store"}};
  return Response::json("{\"outcome\":\"refused\",\"text\":" + base::json_text(text) + "}\n")
      .with_status(status)
      .with_fixed_fields(kNeverStored);
}

/// What stands behind "Bearer " in any case; empty when it is something else.
std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (base::lower_case(std::string{authorization.substr(0, kScheme.size())}) != kScheme) return {};
  authorization.remove_prefix(kScheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  return authorization;
}

}  // namespace

bool is_own_name(std::string_view host) {
  if (host.empty()) return true;  // HTTP/1.0: no browser
  if (host[0] == '[') return true;
  const std::string name = base::lower_case(std::string{host.substr(0, host.rfind(':'))});
  if (name == "localhost") return true;
  return std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null"
  return base::lower_case(std::string{origin.substr(scheme + 3)}) == base::lower_case(std::string{host});
}

std::optional<Response> Door::refuse(const Request& request) const {
  if (token_.empty()) return std::nullopt;
  if (same_secret(bearer_of(request.field("Authorization").value_or("")), token_)) return std::nullopt;
  return refusal(401, "This needs the token of `admin_token`, as Authorization: Bearer TOKEN.")
      .with_field("WWW-Authenticate", "Bearer");
}

std::optional<Response> Door::refuse_order(const Request& request) const {
  if (auto refused = refuse(request)) return refused;
  const std::string_view site = request.field("Sec-Fetch-Site").value_or("none");
  const auto origin = request.field("Origin");
  const bool foreign = site != "none" && site != "same-origin";
  if (foreign || (origin && !is_same_origin(*origin, request.host())))
    return refusal(403, "An order is not taken from a page of another site.");
  if (token_.empty() && request.peer() != "unix" && !is_own_name(request.host()))
    return refusal(403, "An order is taken under an address of this machine only, such as 127.0.0.1 or localhost.");
  return std::nullopt;
}

}  // namespace orrery::admin
