// nlohmann::json for tests. Its members are compiled once, in json.cpp: a test that includes nlohmann/json.hpp itself
// compiles them once more, which takes seconds under the sanitizers.
#pragma once

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<>;
