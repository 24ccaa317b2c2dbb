// Handover: how a connection at rest goes from one worker process to another, with its descriptor.
//
// One SOCK_SEQPACKET pair, made by the master before the first fork and inherited by every worker of every generation:
// a worker that leaves gives, any that stays takes, as from a second listener. The master only keeps it open: it never
// reads or writes there. What was given and not yet taken lies in the kernel and outlives the giver. A message leaves
// the pair when it is received, so an empty pair is the receipt. How much may lie there is bounded by the send buffer:
// descriptors in flight are limited for each user (unix(7), ETOOMANYREFS). Worker's loop thread only.
//
// An upgrade passes the pair on to the new master, so what is in a message goes between two versions of the binary:
// kHandoverVersion names its layout and meaning and is raised with every change of them. Two masters that do not have
// the same number never share a pair: then each worker that leaves keeps its connections, and ends them itself.
#pragma once

#include <cstdint>
#include <optional>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/address.hpp"
#include "base/arrival.hpp"
#include "base/clock.hpp"
#include "base/unique_fd.hpp"

namespace orrery::os {

/// How a ConnectionAtRest is sent by this binary.
inline constexpr unsigned kHandoverVersion = 2;

struct HandoverPair {
  base::UniqueFd give, take;
  static Result<HandoverPair> open();
  /// The pair of the master before this one, which has the same kHandoverVersion. Closes both when they are no pair.
  static std::optional<HandoverPair> adopt(base::UniqueFd give, base::UniqueFd take);
};

/// A connection between two requests, as one worker tells another of it.
struct ConnectionAtRest {
  base::Arrival arrival;       ///< what its first bytes still have to be; of one that speaks TLS nothing was read yet
  base::Address sender;        ///< who opened it, as its PROXY header said; else the peer
  std::int64_t since_ns = 0;   ///< CLOCK_MONOTONIC of the last answer's end; of the accept when nothing was asked yet
  std::int64_t given_ns = 0;   ///< CLOCK_MONOTONIC of the sending
  std::uint32_t requests = 0;  ///< begun on it so far
};

enum class Giving : std::uint8_t {
  kGiven,   ///< it is on its way; the caller's copy of the descriptor is to be closed
  kLater,   ///< too much is on its way: try again when some was taken
  kFailed,  ///< it cannot be given
};
Giving give_connection(const HandoverPair& pair, int socket, ConnectionAtRest rest);

struct TakenConnection {
  base::UniqueFd socket;  ///< non-blocking, close-on-exec; empty when nothing was there
  ConnectionAtRest rest;
};
TakenConnection take_connection(const HandoverPair& pair);

/// Bytes of messages nobody has taken yet, of all givers.
int untaken(const HandoverPair& pair);

/// Closes what was given before `limit` and not taken. Returns how many.
unsigned reclaim(const HandoverPair& pair, base::Monotonic limit);

/// Receiving needs a free descriptor: without one the kernel would throw the connection away.
bool has_free_descriptor();

}  // namespace orrery::os
