// accept_one: takes one connection from a listener.
//
// One accept4 per call: each miss costs 4 us, and taking all that wait would leave nothing for the siblings. Any
// thread.
#pragma once

#include <chrono>

#include "base/address.hpp"
#include "base/unique_fd.hpp"
#include "os/contract.hpp"

namespace orrery::os {

struct Accepted {
  base::UniqueFd socket;  ///< non-blocking, close-on-exec; empty when nothing was accepted
  base::Address peer;
  int error = 0;  ///< errno when nothing was accepted
};

Accepted accept_one(int listener);

/// For how long what the client of a fresh connection said last has waited to be read, as exactly as the kernel's ticks
/// (4 ms or so) are; 0 where it has said nothing, and where this is no TCP. A system call of 1.5 us.
std::chrono::milliseconds time_unread(int socket);

/// A connection waits to be accepted.
bool anybody_waits(int listener);

/// The service has left this address (turn_away): no other process will take what waits there.
bool is_left(const Listener& listener);

/// Errors after which the next accept may succeed at once: the connection was gone before we took it.
bool is_connection_lost(int accept_error);

/// No connection waits: a sibling was faster.
bool is_nothing_there(int accept_error);

}  // namespace orrery::os
