// The reasons for which a peer is refused or cut off: one table.
//
// Each row: name as it stands in the log, in the scoreboard and in README; the status the peer is answered with (0: the
// connection is closed without one); and the sentence for the operator. A new refusal starts with a new row here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace orrery::base {

// clang-format off
#define ORRERY_REJECTS(X) \
  X(bad_request_line,      400, "the request line is not `method SP target SP HTTP/x.y CRLF`") \
  X(tls_hello,             400, "the client speaks TLS, and this address does not; `tls` behind it in `bind` lets it") \
  X(plain_on_tls,          400, "the client speaks HTTP without TLS on an address that speaks TLS") \
  X(bad_method,            400, "the method is not a token") \
  X(unknown_method,        501, "the method is not known to this server") \
  X(no_tunnel,             501, "CONNECT asks for a tunnel, and this server opens none") \
  X(bad_target,            400, "the request target is no path and no http address, or has a bad escape or byte") \
  X(non_ascii_target,      400, "the request target has a byte that is not ASCII, which must be percent-encoded") \
  X(asterisk_target,       400, "the request target is `*`, which only OPTIONS may ask for") \
  X(encoded_slash,         400, "the path has an encoded slash, %2F; `encoded_slash: keep` would let it pass") \
  X(bad_version,           505, "the HTTP version is not 1.x") \
  X(http2_only,            505, "the request is HTTP/1, and `http2: only` wants HTTP/2") \
  X(contradicting_host,    400, "Host and :authority of an HTTP/2 request name different hosts") \
  X(padded_field_value,    400, "the value of an HTTP/2 field begins or ends with white space") \
  X(bare_lf,               400, "a line ends in LF without CR") \
  X(bare_cr,               400, "a CR is not followed by LF") \
  X(control_byte,          400, "a NUL or control byte stands in a header or trailer field") \
  X(obs_fold,              400, "a header or trailer field is folded over lines") \
  X(empty_field_name,      400, "a header or trailer field has no name") \
  X(bad_field_name,        400, "the name of a header or trailer field is not a token") \
  X(space_before_colon,    400, "white space stands before the colon of a header or trailer field") \
  X(missing_colon,         400, "a header or trailer line has no colon") \
  X(parser_refused,        400, "the HTTP parser refused the message") \
  X(missing_host,          400, "an HTTP/1.1 request has no Host") \
  X(repeated_host,         400, "a request has more than one Host") \
  X(bad_host,              400, "the Host is malformed") \
  X(bad_content_length,    400, "Content-Length is not one plain number below 2^64") \
  X(repeated_content_length, 400, "Content-Length is repeated or a list") \
  X(repeated_content_type, 400, "Content-Type is repeated") \
  X(length_with_coding,    400, "both Content-Length and Transfer-Encoding are given") \
  X(coding_on_1_0,         400, "Transfer-Encoding is used with HTTP/1.0") \
  X(bad_transfer_coding,   400, "Transfer-Encoding is malformed, or `chunked` is not its last coding, once") \
  X(unknown_transfer_coding, 501, "Transfer-Encoding has a coding other than `chunked`, which is not known here") \
  X(bad_chunk,             400, "the chunked body is malformed") \
  X(long_chunk_extension,  400, "the chunk extensions are too long") \
  X(forbidden_trailer,     400, "a field that may stand only in the head stands in the trailers") \
  X(bad_expectation,       417, "Expect has an expectation other than `100-continue`") \
  X(underscore_field,      400, "the name of a header or trailer field has an underscore, which header_map refuses") \
  X(too_many_parameters,   400, "the query has more parameters than limit_request_parameters") \
  X(contradicting_scheme,  400, "the proxy's fields contradict each other about the scheme") \
  X(contradicting_client,  400, "Forwarded and X-Forwarded-For name different clients; see forwarded_by") \
  X(bad_proxy_header,      400, "the PROXY header is malformed, or longer than 4096 bytes") \
  X(stray_proxy_header,    400, "a PROXY header stands where a request must begin; proxy_protocol may allow it") \
  X(missing_proxy_header,  400, "the connection does not begin with a PROXY header") \
  X(untrusted_proxy_header, 403, "a PROXY header came from a peer that is not in proxy_allow_ips") \
  X(bad_websocket,         400, "the request opens a WebSocket, and its fields break the rules of that") \
  X(foreign_origin,        403, "a page of another origin opens a WebSocket, which the `origins` of its route refuse") \
  X(long_request_line,     414, "the request line is longer than limit_request_line") \
  X(too_many_fields,       431, "there are more header or trailer fields than limit_request_fields") \
  X(long_field,            431, "a header or trailer field is longer than limit_request_field_size") \
  X(long_head,             431, "the request head, or its trailers, are larger than limit_request_head") \
  X(large_body,            413, "the request body is larger than limit_request_body, or than its route allows") \
  X(header_timeout,        408, "the request head did not arrive within header_timeout") \
  X(body_timeout,          408, "the request body did not arrive within body_timeout") \
  X(handshake_failed,        0, "the TLS handshake failed; with `loglevel: debug` the reason is logged") \
  X(handshake_timeout,       0, "the TLS handshake did not end within handshake_timeout") \
  X(write_timeout,           0, "the client did not take the response within write_timeout") \
  X(request_deadline,      504, "the handler did not answer within request_deadline") \
  X(queue_full,            503, "all handler threads are busy and their queue is full") \
  X(overloaded,            503, "the request has waited for a handler for too long, and so do all (pressure)") \
  X(quarantined,           503, "workers died of this request: it is not run for a while") \
  X(no_memory,             503, "there is no memory for the request's body") \
  X(too_many_connections,    0, "the longest-idle connection was closed to make room for a new one") \
  X(bad_frame,               0, "the client broke the rules of HTTP/2: GOAWAY or RST_STREAM tells the error") \
  X(bad_pseudo_field,        0, "a pseudo-field of HTTP/2 is missing, repeated, unknown, empty, or behind a field") \
  X(uppercase_field,         0, "the name of an HTTP/2 field has an uppercase letter") \
  X(connection_field,        0, "an HTTP/2 request has a field of HTTP/1 connections, or `te` other than `trailers`") \
  X(length_mismatch,         0, "the body of an HTTP/2 request is not as long as its Content-Length") \
  X(rapid_reset,             0, "the client begins HTTP/2 requests and resets them, too many in a short time") \
  X(frame_flood,             0, "too many HTTP/2 frames came that carry nothing: SETTINGS, PING, empty ones") \
  X(continuation_flood,      0, "a header block of HTTP/2 has too many CONTINUATION frames") \
  X(bad_websocket_frame,     0, "the client broke the rules of WebSocket, or sent text that is no UTF-8") \
  X(long_websocket_message,  0, "a WebSocket message is larger than its route allows") \
  X(silent_websocket,        0, "a WebSocket client sent nothing for long, and did not answer a ping") \
  X(truncated_request,       0, "the client closed in the middle of a request") \
  X(client_left,             0, "the client closed while its request waited for a handler behind others") \
  X(silent_connection,       0, "the client sent nothing within header_timeout") \
  X(no_storage,            507, "the request's body could not be written into tmp_upload_dir; the error log says why")
// clang-format on

enum class Reject : std::uint8_t {
#define ORRERY_ROW(name, status, sentence) name,
  ORRERY_REJECTS(ORRERY_ROW)
#undef ORRERY_ROW
};

struct RejectRow {
  std::string_view name;
  int status;
  std::string_view sentence;
};

inline constexpr std::array kRejects{
#define ORRERY_ROW(name, status, sentence) RejectRow{#name, status, sentence},
    ORRERY_REJECTS(ORRERY_ROW)
#undef ORRERY_ROW
};

constexpr const RejectRow& row(Reject reason) { return kRejects[static_cast<std::size_t>(reason)]; }

}  // namespace orrery::base
