// What is being thrown, as a sentence for the log.
//
// For the fences between the server and code that is not its own: handlers, layers, hooks and callbacks. Any thread.
#pragma once

#include <exception>
#include <string>

namespace orrery::base {

/// Call inside a catch block.
inline std::string describe_exception() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "it threw something that is no std::exception";
  }
}

}  // namespace orrery::base
