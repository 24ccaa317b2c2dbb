// RequestLimits: how much one client address may ask for, over all workers together; as a ready-made layer.
//
// A client is an IPv4 address, or the /64 of an IPv6 address, as Request::client() tells: without trusted proxies in
// the settings everybody behind a proxy is one client. Clients of a unix socket that no proxy names are not limited.
// What is above a limit is answered 429 with Retry-After, before its body is read.
//
// The counts lie in memory that is shared by the workers, made with the layer and of a fixed size. Where more clients
// than it has room for ask at the same time, those that find no place are not limited.
#pragma once

#include <cstddef>

#include "orrery/export.hpp"
#include "orrery/layer.hpp"

namespace orrery {

struct RequestLimits {
  /// Requests a second, in the long run; at most a million. 0 = without limit.
  double per_second = 0;
  /// How many may come at once after a rest; at least 1.
  double burst = 10;
  /// Requests that are not over, their answers included: 1 to 64. 0 = without limit.
  unsigned in_flight = 0;
  /// Clients that are remembered, 64 to 16 million. Each takes 16 bytes, and 4 for each one of `in_flight`.
  std::size_t clients = 65536;
};

/// Throws std::invalid_argument for a value out of its range, or when nothing is limited. Make it where the App is
/// built, in the master: what is made in a worker counts for that worker.
ORRERY_EXPORT Layer request_limits(const RequestLimits& limits);

}  // namespace orrery
