// The routes of echo that are WebSockets.
//
//   /socket/echo              says back what it hears; a message may have 2 MiB
//   /socket/small             the same; a message may have 16 bytes
//   /socket/chat              knows the subprotocols v2.chat and v1.chat, and says which was chosen
//   /socket/friend            pages of https://friend.example may connect
//   /socket/ping              pings after a second of silence
//   /socket/throw             fails at the first message
//   /socket/teapot            throws HttpError 418 at the first message
//   /socket/close?code=       closes with that code, and "bye", at once
//   /socket/flood?count=      sends so many messages of 10 KiB, as the client takes them, and closes
//   /socket/deaf?ms=          hears nothing for so long, and then says how many messages it hears until "end"
//   GET /socket/last          how the client of the last one that ended had closed: code, blank, reason
#pragma once

#include "orrery/orrery.hpp"

void add_sockets(orrery::App& app);
