// Rooms of a chat, as server-sent events:
//
//   GET /rooms/{room}    what is said there from now on      POST /rooms/{room}    says the body there
//
// Class `async`, and one worker: who talks in a worker is heard in that worker.
#pragma once

#include <orrery/orrery.hpp>

orrery::App make_app();
