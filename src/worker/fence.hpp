// The fence between the server and code that is not its own: whatever a handler, hook or callback throws ends here.
//
// libuv calls us from C; an exception that left our frames would end the worker. Any thread.
#pragma once

#include <string>

#include "base/thrown.hpp"

namespace orrery::worker {

using base::describe_exception;

/// Calls `act`; returns what it threw as a sentence, or nothing.
template <class Act>
std::string fenced(Act&& act) {
  try {
    act();
    return {};
  } catch (...) {
    return describe_exception();
  }
}

}  // namespace orrery::worker
