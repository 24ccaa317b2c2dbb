// The routes of echo that take a body of up to 1 GiB whole, in each way in which a handler may look at it.
//
//   POST /body/handler     a plain handler
//   POST /body/later       a handler that answers a moment later, with the Request
//   POST /body/task        a coroutine, after a sleep
//   POST /body/reader      reads it by a BodyReader, though it is whole
//
// Each answers with the number of bytes and their fingerprint: see told_of() in support/large_body.hpp.
#pragma once

#include "orrery/orrery.hpp"

void add_bodies(orrery::App& app);
