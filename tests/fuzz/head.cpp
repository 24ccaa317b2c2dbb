// Head: guard, parser and policy on one request head. What all three accept must mean one thing only.
//
// Input: a byte of flags (1: low limits), then the bytes of the head.
#include <optional>
#include <vector>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "fuzz/limits.hpp"
#include "http/characters.hpp"
#include "http/h1/decoder.hpp"
#include "http/h1/framing.hpp"
#include "http/message.hpp"
#include "http/method.hpp"
#include "http/policy.hpp"

namespace orrery::fuzz {
namespace {

struct Line {
  std::string_view name;
  std::string_view value;
};

bool has_name(const Line& line, std::string_view lower) { return http::equals_ignoring_case(line.name, lower); }

bool is_clean(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

/// Splits a head that ends in an empty line, by nothing but CRLF and the first colon.
std::vector<Line> split_lines(std::string_view head) {
  std::vector<Line> lines;
  for (std::size_t at = head.find("\r\n") + 2; head.substr(at) != "\r\n";) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = line.find(':');
    claim(colon != std::string_view::npos, "every accepted field line has a colon");
    lines.push_back({line.substr(0, colon), http::trimmed(line.substr(colon + 1))});
    at = end + 2;
  }
  return lines;
}

void check_split_does_not_matter(std::string_view bytes, const Config& limits, const http::h1::Verdict& whole) {
  http::h1::Guard guard;
  http::h1::Verdict verdict;
  for (std::size_t n = 1; n <= bytes.size() && verdict.kind == http::h1::Verdict::Kind::kMore; ++n) {
    verdict = guard.scan(bytes.substr(0, n), limits);
  }
  claim(verdict.kind == whole.kind, "the guard's verdict is the same however the head is split");
  claim(verdict.reason == whole.reason, "the guard's reason is the same however the head is split");
  claim(verdict.kind != http::h1::Verdict::Kind::kComplete || verdict.consumed == whole.consumed,
        "the head ends at the same byte however it is split");
}

void check_request_line(const http::Message& message, std::string_view head) {
  const std::string before = std::string{message.method} + " " + std::string{message.view(message.target)} + " HTTP/1.";
  const std::string_view line = head.substr(0, head.find("\r\n"));
  claim(line.size() == before.size() + 1 && line.starts_with(before) && http::is_digit(line.back()),
        "the request line is its method, target and version");
  claim((message.protocol == base::Protocol::kHttp10) == (line.back() == '0'),
        "a later minor version is answered as 1.1");
}

void check_fields(const http::Message& message, const std::vector<Line>& lines) {
  claim(message.fields.size() == lines.size(), "no field is lost or made up");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Field field = message.field(message.fields[i]);
    // The host of an absolute target stands in for Host's.
    const bool replaced = has_name(lines[i], "host") && field.value == message.view(message.authority);
    claim(field.name == lines[i].name && (replaced || field.value == lines[i].value),
          "every field is what its line says");
    claim(!field.name.empty() && http::token_length(field.name) == field.name.size(), "a field name is a token");
    claim(is_clean(field.value), "no field has a CR, LF or NUL");
  }
}

void check_framing(const http::Message& message, const std::vector<Line>& lines) {
  std::size_t hosts = 0;
  std::vector<std::string_view> lengths;
  std::vector<std::string_view> codings;
  bool close = false;
  for (const Line& line : lines) {
    if (has_name(line, "host")) ++hosts;
    if (has_name(line, "content-length")) lengths.push_back(line.value);
    if (has_name(line, "transfer-encoding")) codings.push_back(line.value);
    if (has_name(line, "connection") && http::equals_ignoring_case(line.value, "close")) close = true;
  }
  claim(hosts == 1 || (hosts == 0 && message.protocol == base::Protocol::kHttp10), "there is exactly one Host");
  claim(lengths.size() + codings.size() <= 1, "the body is framed once");
  claim(!close || !message.keep_alive, "`close` closes");
  if (!codings.empty()) {
    claim(message.framing == http::BodyFraming::kChunked && message.protocol == base::Protocol::kHttp11,
          "a coding frames 1.1 only");
    claim(http::equals_ignoring_case(codings.front(), "chunked"), "the only coding is `chunked`");
    return;
  }
  if (lengths.empty()) return claim(message.framing == http::BodyFraming::kNone, "without framing there is no body");
  const std::string_view digits = lengths.front();
  claim(!digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos, "a length is digits");
  claim(std::stoull(std::string{digits}) == message.content_length, "a length is what it says");
  claim((message.framing == http::BodyFraming::kLength) == (message.content_length > 0), "the length frames the body");
}

void check_target(const http::Message& message) {
  const auto inside = [&](const http::Span& part) {
    return part.length == 0 || (part.begin >= message.target.begin &&
                                part.begin + part.length <= message.target.begin + message.target.length);
  };
  claim(inside(message.query), "the query is a part of the target");
  claim(!message.path_is_raw || inside(message.path_part), "the raw path is a part of the target");
  const std::string_view path = message.path();
  claim(path.starts_with('/') || (path == "*" && message.method == "OPTIONS"), "a path begins at the root");
  claim(path.find('\0') == std::string_view::npos, "no path has a NUL");
  claim(("/" + std::string{path} + "/").find("/../") == std::string::npos, "no path climbs");
}

void check_accepted(http::Message& message, std::string_view head) {
  const std::vector<Line> lines = split_lines(head);
  check_request_line(message, head);
  check_fields(message, lines);
  check_framing(message, lines);
  check_target(message);
  http::h1::Parser::split_fields(message, head.size());
  check_fields(message, lines);
}

/// What a connection does with a head the guard has passed. True when nothing is wrong with it.
bool understand(http::Message& message, http::h1::Decoder& decoder, std::string_view head) {
  message.bytes = head.data();
  message.head_length = static_cast<std::uint32_t>(head.size());
  const std::uint32_t method = decoder.guard.method_length();
  message.method = http::known_method(head.substr(0, method));
  message.target = {method + 1, decoder.guard.target_length()};
  message.protocol = decoder.guard.protocol();
  if (message.method.empty()) return false;
  const bool parsed = decoder.parse_head(message, head);
  if (!parsed) http::h1::Parser::split_fields(message, head.size());
  http::PolicyFindings findings;
  Config config;
  config.header_map = HeaderMap::kDangerous;
  return !http::h1::judge_head(message, config, findings) && parsed;
}

void run(Input input) {
  const Config limits = limits_for((input.take_byte() & 1) != 0);
  const std::string_view bytes = input.take_rest();
  if (bytes.empty()) return;
  http::MessagePool pool;
  http::Message* const message = pool.take();
  http::h1::Decoder decoder;
  const http::h1::Verdict verdict = decoder.guard.scan(bytes, limits);
  check_split_does_not_matter(bytes, limits, verdict);
  if (verdict.kind == http::h1::Verdict::Kind::kComplete) {
    const std::string_view head = bytes.substr(0, verdict.consumed);
    claim(head.ends_with("\r\n\r\n"), "a head ends in an empty line");
    if (understand(*message, decoder, head)) check_accepted(*message, head);
  }
  message->release();
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
