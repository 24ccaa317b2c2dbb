// Writer: a Response -> the bytes of an HTTP/1.1 message (RFC 9112, 4 to 7).
//
// Frames exactly: Content-Length, chunked, or until close; never both, never a body where none may be. Pure; the Date
// comes in as a line rendered once a second. It must only be given what is_sendable() has let through.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/response.hpp"

#include "http/date_line.hpp"
#include "http/output.hpp"
#include "http/trailers.hpp"

namespace orrery::http::h1 {

enum class ResponseFraming : std::uint8_t {
  kNoBody,      ///< 1xx, 204, 304: no body and no length
  kLength,      ///< Content-Length
  kChunked,     ///< Transfer-Encoding: chunked
  kUntilClose,  ///< the end of the connection ends the body
};

enum class ConnectionField : std::uint8_t { kNone, kClose, kKeepAlive };

struct Frame {
  ResponseFraming framing = ResponseFraming::kLength;
  std::uint64_t length = 0;
  ConnectionField connection = ConnectionField::kNone;
  std::string_view id;  ///< empty: the answer does not have it
  bool names_server = true;
  std::string_view upgrade{};  ///< the protocol that is offered, or gone over to; empty = none
};

/// Appends the status line and the fields, with the empty line.
void write_head(Output& out, const Response& response, const Frame& frame, const DateLine& date);

/// Appends `piece` as one chunk; nothing for an empty one (it would end the body).
void write_chunk(Output& out, std::string_view piece);
/// Ends the body, with the fields behind it.
void write_last_chunk(Output& out, const FieldList& trailers = {});

/// 103 (RFC 8297), in front of a response: its Link fields.
[[gnu::cold]] void write_early_hints(Output& out, const std::vector<std::string>& links);

}  // namespace orrery::http::h1
