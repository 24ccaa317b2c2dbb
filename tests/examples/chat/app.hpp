// Rooms of a chat, as server-sent events and over WebSockets:
//
//   GET /rooms/{room}          what is said there from now on
//   POST /rooms/{room}         says the body there
//   GET /rooms/{room}/socket   both, over one WebSocket
//
// Class `async`, and any number of workers: what is said in one of them is heard in all.
#pragma once

#include <orrery/orrery.hpp>

orrery::App make_app();
