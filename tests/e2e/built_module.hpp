// Where the build has left the shared objects of the tests' applications.
//
// For end-to-end tests only; the folder stands in ORRERY_MODULES, which the build sets.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

namespace orrery::test {

/// `name`: "greeting_one".
inline std::string built_module(const std::string& name) {
  const char* const folder = std::getenv("ORRERY_MODULES");
  REQUIRE(folder != nullptr);
  return std::string{folder} + "/lib" + name + ".so";
}

}  // namespace orrery::test
