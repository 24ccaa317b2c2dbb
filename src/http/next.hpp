// Next: what a connection wants done next, and for which of its requests.
//
// The same for every protocol: a connection is asked for its next step until it waits, and each call back in names the
// request that it is about. Names are never reused within a connection. HTTP/1.1 counts its requests up from 1.
#pragma once

#include <cstdint>

namespace orrery::http {

/// Names one request of one connection.
using RequestId = std::uint32_t;

enum class Step : std::uint8_t {
  kWait,     ///< nothing until bytes, an answer, room to write, or deadline()
  kRequest,  ///< message() is ready for its handler
  kLeft,     ///< the client of a request that has its handler, or waits for it, has left
  kBody,     ///< take_body_piece() has what the handler asked for with want_body()
  kPull,     ///< the socket can take more: call message()->pull and give the piece to pulled()
  kOver,     ///< a request is over before its time: the writer of its response or reader of its body must be told
  kHttp2,    ///< the client of an HTTP/1.1 connection has begun to speak HTTP/2: unread() is for the machine of that
  kFlush,    ///< send the output, then ask again
  kLinger,   ///< send the output, half-close and call linger(); or close, when there is no room for that
  kClose,    ///< send the output, close
};

struct Next {
  Step step = Step::kWait;
  RequestId request = 0;  ///< of kRequest, kLeft, kBody, kPull and kOver
};

}  // namespace orrery::http
