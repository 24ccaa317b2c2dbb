#include "orrery/security_headers.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orrery {

Layer security_headers(SecurityHeaders values) {
  using Fields = std::vector<Response::FieldPair>;
  auto always = std::make_shared<Fields>();
  const auto add = [&](const char* name, std::string& value) {
    if (!value.empty()) always->emplace_back(name, std::move(value));
  };
  add("Content-Security-Policy", values.content_security_policy);
  add("X-Content-Type-Options", values.x_content_type_options);
  add("X-Frame-Options", values.x_frame_options);
  add("Referrer-Policy", values.referrer_policy);
  add("Cross-Origin-Opener-Policy", values.cross_origin_opener_policy);
  add("Permissions-Policy", values.permissions_policy);
  const auto put = [](Response& response, const std::string& name, const std::string& value) {
    if (!response.field(name)) response.add_field(name, value);
  };
  return {"security_headers",
          {},
          [always = std::shared_ptr<const Fields>{std::move(always)}, put,
           transport = std::move(values.strict_transport_security)](const Request& request, Response& response) {
            for (const auto& [name, value] : *always) put(response, name, value);
            if (!transport.empty() && request.scheme() == "https")
              put(response, "Strict-Transport-Security", transport);
          }};
}

}  // namespace orrery
