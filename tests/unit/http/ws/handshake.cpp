#include "http/ws/handshake.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "http/h1/framing.hpp"
#include "http/h1/guard.hpp"
#include "http/h1/parser.hpp"
#include "http/method.hpp"
#include "http/policy.hpp"

namespace orrery::http::ws {
namespace {

constexpr std::string_view kWhole =
    "Host: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// "good [PROTOCOL][, EXTENSION]", or the verdict's name.
std::string judge(const std::string& line, const std::string& fields, const WebSocketOptions& options = {}) {
  const std::string head = line + "\r\n" + fields + "\r\n";
  MessagePool pool;
  Message* const message = pool.take();
  message->bytes = head.data();
  message->head_length = static_cast<std::uint32_t>(head.size());
  h1::Guard guard;
  REQUIRE(guard.scan(head, {}).kind == h1::Verdict::Kind::kComplete);
  message->method = known_method(std::string_view{head}.substr(0, guard.method_length()));
  message->protocol = guard.protocol();
  message->target = {guard.method_length() + 1, guard.target_length()};
  h1::Parser::split_fields(*message, head.size());
  PolicyFindings findings;
  REQUIRE_FALSE(h1::judge_head(*message, {}, findings));
  const Handshake made = judge_handshake(*message, options);
  message->release();
  switch (made.verdict) {
    case Handshake::Verdict::kGood: return "good " + made.protocol + (made.deflate ? ", " + spoken(*made.deflate) : "");
    case Handshake::Verdict::kNotWebSocket: return "not a WebSocket";
    case Handshake::Verdict::kOtherVersion: return "other version";
    case Handshake::Verdict::kBad: return std::string{made.fault};
    case Handshake::Verdict::kForeignOrigin: return "foreign";
  }
  return {};
}

std::string without(std::string_view name) {
  std::string fields{kWhole};
  const std::size_t at = fields.find(name);
  return fields.erase(at, fields.find("\r\n", at) + 2 - at);
}

std::string whole_with(const std::string& more) { return std::string{kWhole} + more; }

const std::string kGet = "GET /chat HTTP/1.1";

}  // namespace

TEST_CASE("A WebSocket's handshake: the answer to the key of RFC 6455") {
  CHECK(accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(accept_of("x3JJHMbDL1EzLkh9GBhXDw==") == "HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
}

TEST_CASE("A WebSocket's handshake: what opens one, and what does not") {
  const auto key = [](const std::string& text) {
    return without("Sec-WebSocket-Key") + "Sec-WebSocket-Key: " + text + "\r\n";
  };
  struct Row {
    const char* name;
    std::string line;
    std::string fields;
    std::string verdict;
  };
  const std::vector<Row> rows{
      {"whole", kGet, std::string{kWhole}, "good "},
      {"lists, in any case", kGet, without("Connection") + "Connection: keep-alive, upGRADE\r\n", "good "},
      {"another protocol offered before", kGet, "Upgrade: h2c\r\nConnection: close\r\n" + std::string{kWhole}, "good "},
      {"no Upgrade", kGet, without("Upgrade: "), "not a WebSocket"},
      {"no Connection", kGet, without("Connection"), "not a WebSocket"},
      {"Upgrade to something else", kGet, without("Upgrade: ") + "Upgrade: websocket2\r\n", "not a WebSocket"},
      {"HTTP/1.0", "GET /chat HTTP/1.0", std::string{kWhole}, "not a WebSocket"},
      {"version 8", kGet, without("Sec-WebSocket-Version") + "Sec-WebSocket-Version: 8\r\n", "other version"},
      {"no version", kGet, without("Sec-WebSocket-Version"), "other version"},
      {"no key", kGet, without("Sec-WebSocket-Key"), "A WebSocket needs one Sec-WebSocket-Key."},
      {"two keys", kGet, whole_with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
       "A WebSocket needs one Sec-WebSocket-Key."},
      {"a short key", kGet, key("c2hvcnQ="), "Sec-WebSocket-Key is not 16 bytes in base64."},
      {"a key of other bytes", kGet, key("dGhlIHNhbXBsZSBub25j!!=="), "Sec-WebSocket-Key is not 16 bytes in base64."},
      {"HEAD", "HEAD /chat HTTP/1.1", std::string{kWhole}, "A WebSocket begins with a GET."},
      {"a body", kGet, whole_with("Content-Length: 5\r\n"), "A WebSocket begins without a body."},
      {"a chunked body", kGet, whole_with("Transfer-Encoding: chunked\r\n"), "A WebSocket begins without a body."},
      {"an empty body", kGet, whole_with("Content-Length: 0\r\n"), "good "},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(judge(row.line, row.fields) == row.verdict);
  }
}

TEST_CASE("A WebSocket's handshake: which pages may connect") {
  struct Row {
    const char* origin;
    std::vector<std::string> allowed;
    const char* verdict;
  };
  const std::vector<Row> rows{
      {"http://example.org", {}, "good "},
      {"https://example.org", {}, "good "},
      {"https://EXAMPLE.org:443", {}, "good "},
      {"http://example.org:80", {}, "good "},
      {"http://example.org:8080", {}, "foreign"},
      {"https://example.org.evil.example", {}, "foreign"},
      {"https://evil.example", {}, "foreign"},
      {"null", {}, "foreign"},
      {"", {}, "foreign"},
      {"https://evil.example", {"*"}, "good "},
      {"https://Friend.example", {"https://friend.example"}, "good "},
      {"http://friend.example", {"https://friend.example"}, "foreign"},
      {"http://example.org", {"https://friend.example"}, "foreign"},
  };
  for (const Row& row : rows) {
    INFO(row.origin);
    const std::string fields = whole_with("Origin: " + std::string{row.origin} + "\r\n");
    CHECK(judge(kGet, fields, {.origins = row.allowed}) == row.verdict);
  }
  CHECK(judge(kGet, std::string{kWhole}, {.origins = {"https://friend.example"}}) == "good ");
}

TEST_CASE("A WebSocket's handshake: the subprotocol") {
  const WebSocketOptions options{.protocols = {"v2.chat", "v1.chat"}};
  const auto with = [&](const std::string& fields) { return judge(kGet, whole_with(fields), options); };
  CHECK(with("Sec-WebSocket-Protocol: v1.chat\r\n") == "good v1.chat");
  CHECK(with("Sec-WebSocket-Protocol: v1.chat, v2.chat\r\n") == "good v2.chat");
  CHECK(with("Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: v2.chat\r\n") == "good v2.chat");
  CHECK(with("Sec-WebSocket-Protocol: V2.CHAT\r\n") == "good ");
  CHECK(with("") == "good ");
}

TEST_CASE("A WebSocket's handshake: compression is agreed on where it is offered, on one line or several") {
  const std::string agreed = "good , permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  CHECK(judge(kGet, whole_with("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")) == agreed);
  CHECK(judge(kGet, whole_with("Sec-WebSocket-Extensions: foo\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")) ==
        agreed);
  // A bad offer is no reason to refuse its client.
  CHECK(judge(kGet, whole_with("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99\r\n")) ==
        "good ");
  CHECK(judge(kGet, whole_with("Sec-WebSocket-Extensions: permessage-deflate\r\n"), {.compress = false}) == "good ");
}

}  // namespace orrery::http::ws
