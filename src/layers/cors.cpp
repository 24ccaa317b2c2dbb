#include "orrery/cors.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "layers/vary.hpp"

namespace orrery {

namespace {

constexpr const char* kAllowOrigin = "Access-Control-Allow-Origin";

/// What the browser asks before it sends what a form could not.
bool is_preflight(const Request& request) {
  return request.method() == "OPTIONS" && request.field("origin") && request.field("access-control-request-method");
}

class Policy {
 public:
  explicit Policy(Cors options) : options_(std::move(options)), any_(options_.origins.front() == "*") {}

  std::optional<Response> answer_preflight(const Request& request) const {
    if (!is_preflight(request)) return {};
    Response response = Response::status(204);
    if (allows(request)) {
      response.add_field("Access-Control-Allow-Methods", options_.methods);
      if (!options_.fields.empty()) response.add_field("Access-Control-Allow-Headers", options_.fields);
      response.add_field("Access-Control-Max-Age", std::to_string(options_.max_age.count()));
    }
    return response;
  }

  void complete(const Request& request, Response& response) const {
    if (!any_) layers::add_vary(response, "Origin");
    if (!allows(request) || response.field(kAllowOrigin)) return;
    response.add_field(kAllowOrigin, any_ ? "*" : std::string{*request.field("origin")});
    if (options_.credentials) response.add_field("Access-Control-Allow-Credentials", "true");
    if (!options_.exposed.empty() && !is_preflight(request))
      response.add_field("Access-Control-Expose-Headers", options_.exposed);
  }

 private:
  [[nodiscard]] bool allows(const Request& request) const {
    if (any_) return true;
    const auto origin = request.field("origin");
    return origin && std::find(options_.origins.begin(), options_.origins.end(), *origin) != options_.origins.end();
  }

  Cors options_;
  bool any_;
};

}  // namespace

Layer cors(Cors options) {
  const auto& origins = options.origins;
  const bool any = std::find(origins.begin(), origins.end(), "*") != origins.end();
  if (origins.empty()) throw std::invalid_argument("cors: there is no origin; \"*\" is any");
  if (any && origins.size() > 1) throw std::invalid_argument("cors: the origin \"*\" stands alone: it is any");
  if (any && options.credentials) {
    throw std::invalid_argument(
        "cors: with the origin \"*\" there are no credentials: any page could act for its visitor; list the origins");
  }
  const auto policy = std::make_shared<const Policy>(std::move(options));
  return {"cors", [policy](Request& request) { return policy->answer_preflight(request); },
          [policy](const Request& request, Response& response) { policy->complete(request, response); }};
}

}  // namespace orrery
