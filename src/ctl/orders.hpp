// Orders: the commands that change the service: reload, upgrade, scale, restart, drain, undrain, stop.
//
// Each is given once, waits for its outcome as long as it was told to, and ends with one sentence. Never repeated: an
// answer that was lost is told as such.
#pragma once

#include <string>

#include "ctl/invocation.hpp"
#include "ctl/service.hpp"

namespace orrery::ctl {

Verdict give_order(const Service& service, const Invocation& invocation);

/// What an answer to an order means; pure.
Verdict outcome_of(const Reply& reply, const std::string& target, bool json);

}  // namespace orrery::ctl
