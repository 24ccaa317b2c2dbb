// Policy: what the fields of a request mean together (RFC 9112, 3.2 and 6; RFC 9110, 7 and 10).
//
// Runs once the head is parsed. Pure. It decides how the body is framed and whether the connection may go on, and
// refuses every message whose end two readers could see in different places.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "orrery/config.hpp"

#include "base/reject.hpp"

namespace orrery::http {

class Message;

/// What the policy needs beyond the message itself.
struct PolicyFindings {
  std::string_view request_id;     ///< X-Request-ID as it came; believed only from trusted peers
  std::uint64_t name_lengths = 0;  ///< of its fields, as length_bit
};

/// Fills the framing, keep-alive and expectation of `message`, its path and query; or says why it is refused.
std::optional<base::Reject> apply_policy(Message& message, const Config& config, PolicyFindings& findings);

/// Why a field of this name may not stand in a trailer section (RFC 9110, 6.5.1; header_map); nothing when it may.
std::optional<base::Reject> judge_trailer(std::string_view name, const Config& config);

/// Leaves out the trailers that handlers are not to see, once all have come.
void map_trailers(Message& message, const Config& config);

}  // namespace orrery::http
