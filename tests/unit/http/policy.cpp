#include "http/policy.hpp"

#include <catch2/catch.hpp>

#include "http/message.hpp"

namespace orrery::http {
namespace {

/// What the policy makes of a head: "length 5 keep", "chunked close", or the reason.
std::string judged(const std::string& method, const std::string& rest, std::string* id = nullptr) {
  const std::string head = method + " " + rest + "\r\n\r\n";
  MessagePool pool;
  Message* message = pool.take();
  message->bytes = head.data();
  Verdict verdict = message->guard.scan(head, {});
  REQUIRE(verdict.kind == Verdict::Kind::kComplete);
  message->method = Parser::known_method(method);
  message->minor_version = message->guard.minor_version();
  message->target = {message->guard.method_length() + 1, message->guard.target_length()};
  Parser::split_fields(*message, head.size());
  PolicyFindings findings;
  const auto reason = apply_policy(*message, findings);
  if (id) *id = std::string{findings.request_id};
  std::string out;
  if (reason) {
    out = base::row(*reason).name;
  } else {
    out = message->framing == BodyFraming::kNone     ? "none"
          : message->framing == BodyFraming::kLength ? "length " + std::to_string(message->content_length)
                                                     : "chunked";
    out += message->keep_alive ? " keep" : " close";
    if (message->expects_continue) out += " expects";
  }
  message->release();
  return out;
}

TEST_CASE("The policy frames a request, or refuses it, from its fields") {
  const std::string h = "/ HTTP/1.1\r\nHost: h\r\n";
  struct Row {
    const char* name;
    std::string rest;
    const char* expected;
  };
  const Row rows[] = {
      {"nothing", "/ HTTP/1.1\r\nHost: h", "none keep"},
      {"length", h + "Content-Length: 5", "length 5 keep"},
      {"length 0", h + "Content-Length: 0", "none keep"},
      {"largest length", h + "Content-Length: 18446744073709551615", "length 18446744073709551615 keep"},
      {"length above", h + "Content-Length: 18446744073709551616", "bad_content_length"},
      {"chunked", h + "Transfer-Encoding: chunked", "chunked keep"},
      {"both", h + "Transfer-Encoding: chunked\r\nContent-Length: 5", "length_with_coding"},
      {"both, length 0", h + "Content-Length: 0\r\nTransfer-Encoding: chunked", "length_with_coding"},
      {"two codings", h + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "bad_transfer_coding"},
      {"expects", h + "Expect: 100-continue\r\nContent-Length: 1", "length 1 keep expects"},
      {"expects chunked", h + "Expect: 100-continue\r\nTransfer-Encoding: chunked", "chunked keep expects"},
      {"expects nothing", h + "Expect: 100-continue", "none keep"},
      {"expects on 1.0", "/ HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1", "length 1 close"},
      {"1.0", "/ HTTP/1.0", "none close"},
      {"1.0 keep-alive", "/ HTTP/1.0\r\nConnection: x, Keep-Alive", "none keep"},
      {"1.0 both", "/ HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close", "none close"},
      {"1.0 coding", "/ HTTP/1.0\r\nTransfer-Encoding: chunked", "coding_on_1_0"},
      {"close", h + "Connection: close", "none close"},
      {"proxy-connection is nothing", h + "Proxy-Connection: close", "none keep"},
      {"no host", "/ HTTP/1.1\r\nA: b", "missing_host"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(judged("POST", row.rest) == row.expected);
  }
}

TEST_CASE("The policy hands on the request id as it came") {
  std::string id;
  CHECK(judged("GET", "/ HTTP/1.1\r\nHost: h\r\nx-request-ID:  abc ", &id) == "none keep");
  CHECK(id == "abc");
}

TEST_CASE("Targets belong to methods") {
  const std::string rest = " HTTP/1.1\r\nHost: h";
  CHECK(judged("OPTIONS", "*" + rest) == "none keep");
  CHECK(judged("GET", "*" + rest) == "bad_target");
  CHECK(judged("CONNECT", "h:1" + rest) == "bad_target");
  CHECK(judged("CONNECT", "/" + rest) == "bad_target");
}

TEST_CASE("Fields that frame, route or authenticate are no trailers") {
  for (const char* name : {"Content-Length", "TRANSFER-ENCODING", "host", "te", "Trailer", "authorization",
                           "Connection", "Content-Type", "Expect", "Upgrade", "Cookie"}) {
    INFO(name);
    CHECK_FALSE(may_be_trailer(name));
  }
  for (const char* name : {"X-Sum", "Digest", "Server-Timing", "ETag", "Hos", "Hosts", "Content-Lengths"}) {
    INFO(name);
    CHECK(may_be_trailer(name));
  }
}

}  // namespace
}  // namespace orrery::http
