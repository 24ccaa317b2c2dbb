// Schema: whether a JSON value is what a schema says (JSON Schema 2020-12, as OpenAPI 3.1 has it), as far as our own
// documents go: type, enum, required, properties, additionalProperties, items, allOf, $ref, minimum, maximum, minItems,
// maxItems, pattern, format date-time.
//
// Test only. A member that a schema does not name is an objection too: a description must not be short of an answer.
#pragma once

#include <string>
#include <vector>

#include "support/json.hpp"

namespace orrery::test {

/// A sentence for each thing that is wrong, with the path to it; none when the value is what the schema says.
std::vector<std::string> objections(const nlohmann::json& value, const nlohmann::json& schema,
                                    const nlohmann::json& document);

}  // namespace orrery::test
