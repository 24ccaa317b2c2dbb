// Arrival: how a connection came: who opened it, and what its first bytes are to be.
//
// A value that goes with a connection from accept(2) to the machine that reads it, also from one worker to another. It
// says nothing of what was read since.
#pragma once

#include "orrery/config.hpp"

#include "base/address.hpp"

namespace orrery::base {

/// How connections to a listener begin.
struct Reception {
  ProxyProtocol proxy = ProxyProtocol::kOff;  ///< whether a PROXY header stands in front
  bool tls = false;                           ///< they speak TLS, behind that header
};

struct Arrival {
  Address peer;
  Reception reception;
};

}  // namespace orrery::base
