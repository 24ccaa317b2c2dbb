// Programs: the binaries that the end-to-end tests run, and what watches them.
//
// The environment tells, which `meson test` sets: so one test program, compiled once, tests the binaries of every kind
// of build.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orrery::test {

inline std::string named_program(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr) {
    throw std::runtime_error(std::string{variable} + " names no binary; run the tests by `meson test`");
  }
  return path;
}

/// The planet service.
inline std::string orrery_binary() { return named_program("ORRERY_BINARY"); }
/// tests/echo.
inline std::string echo_binary() { return named_program("ORRERY_ECHO"); }

/// "address", "thread", or nothing: what the binaries were built with.
inline std::string_view sanitizer() {
  const char* name = std::getenv("ORRERY_SANITIZER");
  return name == nullptr ? "" : name;
}
/// The address and the thread sanitizer reserve terabytes of addresses: limits of memory mean nothing there.
inline bool sanitized() { return !sanitizer().empty(); }

}  // namespace orrery::test
