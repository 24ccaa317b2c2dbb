// The routes of echo that block beside others, on pools of their own, and the lead of a worker.
//
//   POST /pool/echo/{name}        the name and the body, from a thread of the pool `wide`
//   GET  /pool/hold               the only thread of `narrow`, until GET /pool/release
//   GET  /pool/release            answers on the loop
//   GET  /pool/narrow             behind that one; the queue of `narrow` has one place
//   GET  /pool/throw, teapot      fail on a thread
//   GET  /pool/sum/{n}            a coroutine that has n steps done on `wide`, side by side
//   GET  /pool/step-narrow        a coroutine with a step on `narrow`
//   GET  /pool/within?limit=      a coroutine that gives `narrow` so many milliseconds
//   GET  /pool/counts             jobs of `narrow` that have begun, and that have ended
#pragma once

#include "orrery/orrery.hpp"

void add_pools(orrery::App& app);
/// With ECHO_LEAD=FILE: who has the lead writes a line there as it gets it and as it lets go, and another line when
/// some other process has it too.
void add_lead(orrery::App& app);
