// Guard: refuses what no honest client sends, before the parser sees it.
//
// llhttp differs between its versions in what it lets through (obs-fold, bare CR, empty names…); the guard makes the
// strict reading of RFC 9112 hold with any of them, and counts the limits that llhttp does not know. It looks at raw
// bytes only: what the fields mean together is the business of http/policy. Pure: no clock, no socket, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "orrery/config.hpp"

#include "base/protocol.hpp"
#include "base/reject.hpp"

namespace orrery::http::h1 {

/// What the guard says of the bytes so far.
struct Verdict {
  enum class Kind : std::uint8_t { kMore, kComplete, kRefused };
  Kind kind = Kind::kMore;
  base::Reject reason{};  ///< kRefused
  /// kComplete: length of the section, its last CRLF included. Else, of a body: bytes in front of the unfinished or
  /// refused line.
  std::size_t consumed = 0;

  static Verdict more(std::size_t consumed = 0) { return {Kind::kMore, {}, consumed}; }
  static Verdict complete(std::size_t consumed) { return {Kind::kComplete, {}, consumed}; }
  static Verdict refused(base::Reject reason, std::size_t consumed = 0) { return {Kind::kRefused, reason, consumed}; }
};

/// Watches one request head. Lines are judged when they are complete, each once, however the bytes are split.
class Guard {
 public:
  /// `head` begins at the request line and holds everything that came so far; call again with more of the same bytes.
  Verdict scan(std::string_view head, const Config& limits);

  void reset() { *this = Guard{}; }
  [[nodiscard]] std::uint32_t field_count() const { return fields_; }
  [[nodiscard]] std::uint32_t method_length() const { return method_length_; }
  [[nodiscard]] std::uint32_t target_length() const { return target_length_; }
  /// Its CRLF included; valid once the request line is judged.
  [[nodiscard]] std::size_t request_line_length() const {
    return method_length_ + target_length_ + std::string_view{"  HTTP/1.1\r\n"}.size();
  }
  /// A later minor version counts as HTTP/1.1, which is ours (RFC 9110, 2.5). Valid once the request line is judged.
  [[nodiscard]] base::Protocol protocol() const { return protocol_; }
  /// The request line was whole and good: the refusal came later.
  [[nodiscard]] bool request_line_done() const { return line_start_ > 0; }

 private:
  std::optional<base::Reject> check_request_line(std::string_view line);
  [[gnu::cold, gnu::noinline]] Verdict refuse_line(std::string_view head, base::Reject reason) const;
  [[gnu::cold, gnu::noinline]] Verdict refuse_length(std::string_view head, std::size_t limit,
                                                     base::Reject reason) const;

  std::uint32_t line_start_ = 0;  ///< offset of the first line not yet judged
  std::uint32_t scanned_ = 0;     ///< no LF before this offset, from line_start_ on
  std::uint32_t fields_ = 0;
  std::uint32_t method_length_ = 0;
  std::uint32_t target_length_ = 0;
  base::Protocol protocol_ = base::Protocol::kHttp11;
  bool odd_ = false;  ///< this line has a control byte that is neither HTAB nor part of its CRLF
};

/// Judges one field line without its CRLF; nothing is wrong when the result is empty.
std::optional<base::Reject> check_field_line(std::string_view line);

}  // namespace orrery::http::h1
