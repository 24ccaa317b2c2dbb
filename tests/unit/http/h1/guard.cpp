#include "http/h1/guard.hpp"

#include <catch2/catch.hpp>

#include "unit/http/h1/shown_verdict.hpp"

namespace orrery::http::h1 {
namespace {

using base::Reject;
using Kind = Verdict::Kind;

/// What the guard says of `head` when it comes whole, and byte by byte.
std::pair<std::string, std::string> both_ways(const std::string& head, const Config& limits) {
  Guard whole;
  const std::string at_once = shown(whole.scan(head, limits));
  Guard slow;
  for (std::size_t size = 1; size <= head.size(); ++size) {
    const Verdict verdict = slow.scan(std::string_view{head}.substr(0, size), limits);
    if (verdict.kind != Kind::kMore) return {at_once, shown(verdict)};
  }
  return {at_once, "more"};
}

std::string field_line(std::size_t size) { return "A: " + std::string(size - 3, 'x'); }

TEST_CASE("The guard's limits hold at the byte, however the head is split") {
  const std::string line = "GET / HTTP/1.1";
  struct Row {
    const char* name;
    std::string head;
    std::size_t line_limit;
    std::size_t field_limit;
    std::size_t count_limit;
    std::size_t head_limit;
    std::string expected;
  };
  const std::string one = line + "\r\n" + field_line(20) + "\r\n\r\n";
  const std::string two = line + "\r\nA: b\r\nC: d\r\n\r\n";
  const auto all = [](const std::string& head) { return "complete " + std::to_string(head.size()); };
  const Row rows[] = {
      {"line below", one, line.size() + 1, 100, 9, 999, all(one)},
      {"line at", one, line.size(), 100, 9, 999, all(one)},
      {"line above", one, line.size() - 1, 100, 9, 999, "long_request_line"},
      {"line above without CR", line + "\n", line.size() - 1, 100, 9, 999, "long_request_line"},
      {"line at without CR", line + "\n", line.size(), 100, 9, 999, "bare_lf"},
      {"line at, CR and no LF", line + "\rx", line.size(), 100, 9, 999, "long_request_line"},
      {"line that never ends", "GET /" + std::string(50, 'x'), 20, 100, 9, 999, "long_request_line"},
      {"method that never ends", std::string(50, 'G'), 20, 100, 9, 999, "unknown_method"},
      {"method too long in a line too long", std::string(12, 'G') + " /" + std::string(50, 'x'), 20, 100, 9, 999,
       "unknown_method"},
      {"method as long as the longest", std::string(11, 'G') + " /" + std::string(50, 'x'), 20, 100, 9, 999,
       "long_request_line"},
      {"no method in a line too long", std::string(50, '/'), 20, 100, 9, 999, "long_request_line"},
      {"line at that goes on", line, line.size(), 100, 9, 999, "more"},
      {"field below", one, 100, 21, 9, 999, all(one)},
      {"field at", one, 100, 20, 9, 999, all(one)},
      {"field above", one, 100, 19, 9, 999, "long_field"},
      {"field above without CR", line + "\r\n" + field_line(20) + "\n", 100, 19, 9, 999, "long_field"},
      {"field that never ends", line + "\r\n" + field_line(60), 100, 20, 9, 999, "long_field"},
      {"bad field, too long", line + "\r\n" + std::string(60, ' ') + "\r\n", 100, 20, 9, 999, "long_field"},
      {"fields below", two, 100, 100, 3, 999, all(two)},
      {"fields at", two, 100, 100, 2, 999, all(two)},
      {"fields above", two, 100, 100, 1, 999, "too_many_fields"},
      {"no field allowed", two, 100, 100, 0, 999, "too_many_fields"},
      {"head below", two, 100, 100, 9, two.size() + 1, all(two)},
      {"head at", two, 100, 100, 9, two.size(), all(two)},
      {"head above", two, 100, 100, 9, two.size() - 1, "long_head"},
      {"head above by CRLF", two, 100, 100, 9, two.size() - 2, "long_head"},
      {"head above in a field", two, 100, 100, 9, line.size() + 4, "long_head"},
      {"head below the line's limit", "GET /" + std::string(60, 'x'), 50, 100, 9, 20, "long_head"},
      {"head below the line's limit, method", std::string(60, 'G'), 50, 100, 9, 20, "unknown_method"},
      {"line's limit below the head's", "GET /" + std::string(60, 'x'), 20, 100, 9, 50, "long_request_line"},
      {"head's end inside a long field", line + "\r\n" + field_line(60) + "\r\n\r\n", 100, 30, 9, 40, "long_head"},
      {"field's end before the head's", line + "\r\n" + field_line(60) + "\r\n\r\n", 100, 30, 9, 60, "long_field"},
      {"what follows the head does not count", two + std::string(500, 'x'), 100, 100, 9, two.size(), all(two)},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Config limits;
    limits.limit_request_line = row.line_limit;
    limits.limit_request_field_size = row.field_limit;
    limits.limit_request_fields = row.count_limit;
    limits.limit_request_head = row.head_limit;
    const auto [at_once, slowly] = both_ways(row.head, limits);
    CHECK(at_once == row.expected);
    CHECK(slowly == row.expected);
  }
}

TEST_CASE("The guard tells what it found in the request line") {
  Guard guard;
  const std::string head = "POST /a?b HTTP/1.0\r\nA: b\r\nC: d\r\n\r\nrest";
  CHECK_FALSE(guard.request_line_done());
  const Verdict verdict = guard.scan(head, {});
  CHECK(shown(verdict) == "complete " + std::to_string(head.size() - 4));
  CHECK(guard.request_line_done());
  CHECK(guard.method_length() == 4);
  CHECK(guard.target_length() == 4);
  CHECK(guard.protocol() == base::Protocol::kHttp10);
  CHECK(guard.field_count() == 2);
  guard.reset();
  CHECK_FALSE(guard.request_line_done());
  CHECK(guard.field_count() == 0);
  CHECK(guard.protocol() == base::Protocol::kHttp11);
}

TEST_CASE("The guard names what stands where a request line should") {
  using namespace std::string_literals;
  struct Row {
    const char* name;
    std::string line;
    const char* expected;
  };
  const Row rows[] = {
      {"1.1", "GET / HTTP/1.1", "more"},
      {"1.9 is answered as 1.1", "GET / HTTP/1.9", "more"},
      {"2.0", "GET / HTTP/2.0", "bad_version"},
      {"0.9", "GET / HTTP/0.9", "bad_version"},
      {"two digits", "GET / HTTP/1.10", "bad_request_line"},
      {"UTF-8 in the path", "GET /caf\xc3\xa9 HTTP/1.1", "non_ascii_target"},
      {"Latin-1 in the query", "GET /?q=\xe9 HTTP/1.1", "non_ascii_target"},
      {"UTF-8 first", "GET \xc3\xa9 HTTP/1.1", "non_ascii_target"},
      {"a control byte first", "GET /\x01\xc3\xa9 HTTP/1.1", "bad_target"},
      {"a fragment", "GET /a#\xc3\xa9 HTTP/1.1", "bad_target"},
      {"PROXY header", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2", "stray_proxy_header"},
      {"PROXY header that knows nothing", "PROXY UNKNOWN", "stray_proxy_header"},
      {"binary PROXY header, behind its empty lines", "\0"s, "stray_proxy_header"},
      {"a method PROXY", "PROXY / HTTP/1.1", "more"},
      {"PROXY and no more", "PROXY", "bad_request_line"},
      {"two NULs", "\0\0"s, "bad_request_line"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto [at_once, slowly] = both_ways(row.line + "\r\n", {});
    CHECK(at_once == row.expected);
    CHECK(slowly == row.expected);
  }
  Guard guard;
  guard.scan("GET / HTTP/1.7\r\n", {});
  CHECK(guard.protocol() == base::Protocol::kHttp11);
}

TEST_CASE("A bad byte is found wherever it stands in a field's value") {
  struct Row {
    const char* name;
    char byte;
    const char* expected;
  };
  const Row rows[] = {{"NUL", '\0', "control_byte"}, {"US", '\x1f', "control_byte"}, {"DEL", '\x7f', "control_byte"},
                      {"CR", '\r', "bare_cr"},       {"HTAB", '\t', "fine"},         {"space", ' ', "fine"},
                      {"0x80", '\x80', "fine"},      {"0xff", '\xff', "fine"},       {"tilde", '~', "fine"}};
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < 20; ++at) {
      INFO(row.name << " at " << at);
      std::string value(20, 'v');
      value[at] = row.byte;
      const auto reason = check_field_line("Name:" + value);
      CHECK((reason ? base::row(*reason).name : "fine") == row.expected);
    }
  }
}

TEST_CASE("Only visible ASCII without `#` stands in a target, at any offset") {
  for (int byte = 0; byte < 256; ++byte) {
    const bool good = byte > 0x20 && byte < 0x7f && byte != '#';
    if (byte == '\n') continue;
    for (const std::size_t at : {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{17}}) {
      INFO("byte " << byte << " at " << at);
      std::string target(18, 'a');
      target[at] = static_cast<char>(byte);
      Guard guard;
      const Verdict verdict = guard.scan("GET " + target + " HTTP/1.1\r\n", {});
      CHECK((verdict.kind == Kind::kMore) == good);
    }
  }
}

TEST_CASE("Only token bytes stand in a field name") {
  const std::string_view signs = "!#$%&'*+-.^_`|~";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c == ':') continue;
    INFO("byte " << byte);
    const std::string line = std::string{"a"} + c + "b: x";
    CHECK(check_field_line(line).has_value() != (letter || (c != '\0' && signs.find(c) != std::string_view::npos)));
  }
}

// --- chunked bodies ---

}  // namespace
}  // namespace orrery::http::h1
