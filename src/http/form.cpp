#include "orrery/form.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/http_error.hpp"

#include "http/characters.hpp"
#include "http/target.hpp"

namespace orrery {

Result<Form> Form::parse(std::string_view body, std::size_t most) {
  Form form;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(pair.size() + 1, body.size()));
    if (pair.empty()) continue;
    if (form.fields_.size() == most) return fail("The form has more than " + std::to_string(most) + " fields.");
    const std::size_t equals = std::min(pair.find('='), pair.size());
    form.fields_.emplace_back(http::decode_query_component(pair.substr(0, equals)),
                              http::decode_query_component(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return form;
}

Form Form::of(const Request& request, std::size_t most) {
  const std::string_view field = request.field("content-type").value_or(std::string_view{});
  if (!http::same_field_name(http::trimmed(field.substr(0, field.find(';'))), "application/x-www-form-urlencoded"))
    throw HttpError{415, "The body must be a form: application/x-www-form-urlencoded."};
  auto form = parse(request.body(), most);
  if (!form) throw HttpError{400, form.error().message};
  return *std::move(form);
}

std::optional<std::string_view> Form::get(std::string_view name) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const Pair& field) { return field.first == name; });
  if (found == fields_.end()) return {};
  return found->second;
}

}  // namespace orrery
