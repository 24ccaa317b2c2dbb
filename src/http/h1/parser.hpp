// Parser: llhttp, wrapped once. The only user of llhttp.h.
//
// Reads the fields of a head in one call (so every one is a contiguous span) and a body in as many as it takes. Writes
// what it finds into the Message it was started for; decides nothing. The request line is the guard's: llhttp starts in
// the state that it is in behind any. Its trampolines into C are noexcept. One Parser parses one message.
#pragma once

#include <cstdint>
#include <llhttp.h>
#include <string_view>

namespace orrery::http {
class Message;
}

namespace orrery::http::h1 {

class Parser {
 public:
  /// Reads `lines`: what stands behind the request line in the head at message.bytes, the empty line included. The
  /// guard has passed it, and counted the fields. False when llhttp refuses them or sees another number.
  bool parse_fields(Message& message, std::string_view lines, std::size_t count);

  /// Fills the fields without llhttp, from lines the guard has passed: what parse_fields() refused can then be named.
  [[gnu::cold]] static void split_fields(Message& message, std::size_t length);

  struct BodyResult {
    std::size_t consumed = 0;
    bool complete = false;
    bool refused = false;
    bool no_memory = false;  ///< refused for want of it
  };
  /// Reads body bytes; what they decode to is appended to the message's body (or only counted when it is discarded).
  BodyResult parse_body(std::string_view bytes);

 private:
  static const llhttp_t& behind_request_line();
  static const llhttp_settings_t* head_settings();
  static const llhttp_settings_t* body_settings();

  llhttp_t state_;
  bool complete_ = false;
};

}  // namespace orrery::http::h1
