// Head: the fields of one header block of HTTP/2, on their way into a message (RFC 9113, 8.2 and 8.3).
//
// A connection has one, since header blocks never interleave. Give it each field as it is decompressed, then ask what
// the request is. It refuses by the names that HTTP/1.1 has for the same faults, and nothing that is refused is kept:
// what comes behind a refused field costs no memory. A request that opens a WebSocket (CONNECT with `:protocol`, RFC
// 8441) becomes what it is in HTTP/1.1, a GET, whose framing is that of a tunnel: routes and layers need not know.
// Pure: no nghttp2, no clock, no socket. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/config.hpp"

#include "base/reject.hpp"
#include "http/message.hpp"
#include "http/policy.hpp"

namespace orrery::http::h2 {

class Head {
 public:
  using Refusal = std::optional<base::Reject>;

  /// `tunnels`: the client was told that it may open WebSockets.
  Head(const Config& config, bool tunnels) : config_(config), tunnels_(tunnels) {}

  /// The fields that follow are those of this request's head.
  void begin(Message& message) { reset(&message, false); }
  /// They are those of its trailers.
  void begin_trailers(Message& message) { reset(&message, true); }

  /// They are those of the trailers of a request that is answered: judged, and not kept.
  void judge_trailers() { reset(nullptr, true); }

  /// They are nobody's: of a request that is reset.
  void ignore() { reason_ = base::Reject::client_left; }
  void take(std::string_view name, std::string_view value);
  /// The block of a head is over: fills method, target, authority, path and query, or says why it is refused.
  Refusal finish(PolicyFindings& findings);
  /// The same of trailers, which the message, if there is one, then has.
  Refusal finish_trailers();

  /// RFC 9218: how urgent the client says that the answer is, 0 (most) to 7.
  struct Priority {
    std::uint8_t urgency = 3;
    bool incremental = false;
  };
  [[nodiscard]] Priority priority() const { return priority_; }

 private:
  enum Pseudo : std::uint8_t { kMethod = 1, kScheme = 2, kAuthority = 4, kPath = 8, kProtocol = 16 };

  void reset(Message* message, bool trailers);
  Refusal judge(std::string_view name, std::string_view value);
  Refusal take_pseudo(std::string_view name, std::string_view value);
  Refusal take_field(std::string_view name, std::string_view value);
  Refusal judge_name(std::string_view name) const;
  Refusal judge_pseudo_fields();
  Refusal judge_protocol(std::string_view method);
  Refusal judge_host(const PolicyFindings& findings);
  void take_priority(std::string_view value);
  Span append(std::string_view text);
  void show_bytes();
  void insert_host();
  void join_cookies();

  const Config& config_;
  Message* message_ = nullptr;  ///< null: nothing is kept
  Refusal reason_;
  std::size_t size_ = 0;  ///< as lines of HTTP/1.1 would be
  std::size_t fields_ = 0;
  Span method_;
  Span authority_;
  Priority priority_;
  std::uint8_t seen_ = 0;   ///< pseudo-fields
  bool websocket_ = false;  ///< `:protocol` says so
  bool tunnels_;
  bool trailers_ = false;
  bool fields_begun_ = false;
};

}  // namespace orrery::http::h2
