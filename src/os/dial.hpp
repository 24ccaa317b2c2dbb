// Dial: a connection to another program of this machine or of another one, as a client.
//
// For the commands of the program only (src/ctl): neither the master nor a worker calls anybody. Blocks until it is
// connected, `limit` at most; the same limit then holds for each send. Looks names up as the C library does.
#pragma once

#include <chrono>
#include <string>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

/// `path` of a socket's file, or `@name` of the abstract namespace. The error is the reason alone.
Result<base::UniqueFd> dial_unix(const std::string& path, std::chrono::milliseconds limit);

/// The addresses of `host` one after the other.
Result<base::UniqueFd> dial_tcp(const std::string& host, const std::string& port, std::chrono::milliseconds limit);

}  // namespace orrery::os
