// Client: one question to the admin process, and its answer.
//
// HTTP/1.1 over one connection that is closed afterwards. Blocks, with a limit on all of it; prints nothing, and never
// tries again: an order must not be given twice. Runs in the program of the operator, never in the server.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "ctl/place.hpp"

namespace orrery::ctl {

struct Question {
  std::string method = "GET";
  std::string target;
  std::string token;                                           ///< empty = none
  std::chrono::milliseconds limit = std::chrono::seconds{10};  ///< of all of it; 0 = none but for connecting
};

struct Reply {
  int status = 0;
  std::string body;
};

struct NoReply {
  enum class Kind : std::uint8_t {
    kUnreachable,  ///< nobody took the connection: nothing was asked
    kSilent,       ///< the limit passed
    kCutOff,       ///< the connection ended before the answer did
    kNoHttp,       ///< what came is no HTTP
  };
  Kind kind = Kind::kUnreachable;
  std::string sentence;
};

using Answered = tl::expected<Reply, NoReply>;

/// Gets the parts of the body of a 200 as they come, and says whether to go on. Reply::body is then empty.
using OnPart = std::function<bool(std::string_view part)>;

Answered ask(const Place& place, const Question& question, const OnPart& on_part = {});

}  // namespace orrery::ctl
