// Questions: the commands that only ask: status, ready, workers, requests, stack, deaths, events, metrics, config,
// log-level.
//
// One question each, and a view of its answer; with --json the answer as it is. Changes nothing of the service, but
// that `log-level LEVEL` sets it.
#pragma once

#include "ctl/invocation.hpp"
#include "ctl/paint.hpp"
#include "ctl/service.hpp"

namespace orrery::ctl {

bool is_question(const Invocation& invocation);
/// Prints nothing but the events that it follows.
Verdict answer(const Service& service, const Invocation& invocation, const Style& style);

}  // namespace orrery::ctl
