#include <algorithm>
#include <string>
#include <string_view>

#include "orrery/http_error.hpp"
#include "orrery/json_codec.hpp"

#include "http/characters.hpp"

namespace orrery {

void expect_json(const Request& request) {
  const std::string_view field = request.field("content-type").value_or(std::string_view{});
  const std::string_view type = http::trimmed(field.substr(0, field.find(';')));
  const std::string_view end = type.substr(type.size() - std::min<std::size_t>(type.size(), 5));
  if (http::same_field_name(type, "application/json") || http::same_field_name(end, "+json")) return;
  throw HttpError{415, "The body must be JSON, and Content-Type must say so: application/json."};
}

void refuse_json(const Error& why) { throw HttpError{400, "The body is not what it should be: " + why.message + "."}; }

}  // namespace orrery
