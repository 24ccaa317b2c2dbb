// Trace: the field `traceparent` of W3C Trace Context (Level 1): which trace a request belongs to.
//
// Pure. One that is kept goes on with the ids of its sender's trace, and with this request as the parent of what is
// asked on its behalf; a version that is not known is read as the first one, as the standard says.
#pragma once

#include <array>
#include <string_view>

#include "http/request_id.hpp"

namespace orrery::http {

/// 00-TRACE-PARENT-FLAGS: 32, 16 and 2 hexadecimal digits.
using Traceparent = std::array<char, 55>;

/// Whether it names a trace and a parent.
bool is_traceparent(std::string_view text);

/// Of the same trace, with a parent of our own.
Traceparent continue_trace(std::string_view offered, RequestIds& ids);
/// Of a trace that begins here, and is to be recorded.
Traceparent begin_trace(RequestIds& ids);

/// The id of the trace alone.
inline std::string_view trace_id(std::string_view traceparent) {
  return traceparent.empty() ? traceparent : traceparent.substr(3, 32);
}

}  // namespace orrery::http
