#include "layers/vary.hpp"

#include <string>

#include "layers/text.hpp"

namespace orrery::layers {

void add_vary(Response& response, std::string_view field) {
  const auto says = [&](std::string_view name, std::string_view value) {
    return same_name(name, "vary") && (has_member(value, field) || has_member(value, "*"));
  };
  for (const auto& [name, value] : response.fields())
    if (says(name, value)) return;
  if (const FixedFields* const fixed = response.fixed_fields()) {
    for (const auto& [name, value] : fixed->fields())
      if (says(name, value)) return;
  }
  response.add_field("Vary", std::string{field});
}

}  // namespace orrery::layers
