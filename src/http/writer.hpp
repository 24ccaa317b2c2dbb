// Writer: a Response -> the bytes of an HTTP/1.1 message (RFC 9112, 4 to 7).
//
// Frames exactly: Content-Length, chunked, or until close; never both, never a body where none may be. Pure; the Date
// comes in as a line rendered once a second. It never sends a field a handler could have forged a message with: see
// is_sendable.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "orrery/response.hpp"

#include "base/clock.hpp"
#include "http/output.hpp"

namespace orrery::http {

/// "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n", as RFC 9110, 5.6.7 has it.
class DateLine {
 public:
  void update(base::WallTime now);
  [[nodiscard]] std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 37> text_{};
  std::int64_t second_ = -1;
};

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
  std::string_view id;
};

/// True when the status is a final one, every field name is a token and every value is free of CR, LF, NUL and other
/// control bytes.
bool is_sendable(const Response& response);

/// Fields that are the server's alone: framing and connection, and what it adds to every response.
bool is_servers_own(std::string_view name);

/// Appends the status line and the fields, with the empty line.
void write_head(Output& out, const Response& response, const Frame& frame, const DateLine& date);

/// Appends `piece` as one chunk; nothing for an empty one (it would end the body).
void write_chunk(Output& out, std::string_view piece);
void write_last_chunk(Output& out);

/// The reason phrase of a status; empty when it has none.
std::string_view reason_phrase(int status);

}  // namespace orrery::http
