// Framing: what the fields of an HTTP/1.1 request say of its body's end and of the connection (RFC 9112, 3.2, 6 and 9).
//
// Runs once the head is parsed. Pure. It refuses every message whose end two readers could see in different places.
// What is the same in every protocol it leaves to http/policy.
#pragma once

#include <optional>

#include "orrery/config.hpp"

#include "base/reject.hpp"

namespace orrery::http {
class Message;
struct PolicyFindings;
}  // namespace orrery::http

namespace orrery::http::h1 {

/// Fills the framing, keep-alive, expectation, path and query of `message`; or says why it is refused.
std::optional<base::Reject> judge_head(Message& message, const Config& config, PolicyFindings& findings);

}  // namespace orrery::http::h1
