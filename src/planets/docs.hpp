// The API described: for programs (OpenAPI 3.1) and for people, with the page's style sheet. Files of docs/, part of
// the program: constants for the life of the process. A unit test keeps them true to the code.
// Any thread; nothing is read from disk at run time.
#pragma once

#include <string_view>

namespace orrery::planets {

[[nodiscard]] std::string_view openapi_json() noexcept;
[[nodiscard]] std::string_view docs_html() noexcept;
[[nodiscard]] std::string_view docs_css() noexcept;

}  // namespace orrery::planets
