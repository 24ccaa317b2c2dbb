// Protocols: one request, sent by HTTP/1.1 and by HTTP/2, means the same to a handler, or is refused by both. Of two
// faults each names the one that it comes to first.
//
// Input: a method, a target and a host, each ended by NUL, the number of fields, for each its name and value likewise,
// and a body. What only one of the two can say (framing, fields of a connection, white space at the ends of a value) is
// left out, and so are control bytes.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "http/characters.hpp"
#include "support/connection_driver.hpp"
#include "support/http2_driver.hpp"

namespace orrery::fuzz {
namespace {

namespace http2 = test::http2;

struct Sent {
  std::string method, target, host;
  http2::Fields fields;
  std::string body;
};

Sent read(Input& input) {
  Sent sent{input.take_text(), input.take_text(), input.take_text(), {}, {}};
  for (int left = input.take_byte() % 6; left > 0; --left) {
    std::string name = input.take_text();
    sent.fields.emplace_back(std::move(name), input.take_text());
  }
  sent.body = input.take_rest();
  return sent;
}

bool has_only(std::string_view text, bool (*fits)(unsigned char)) {
  return std::all_of(text.begin(), text.end(), [fits](char c) { return fits(static_cast<unsigned char>(c)); });
}
bool is_in_a_field(unsigned char c) { return (c >= ' ' || c == '\t') && c != 0x7f; }
bool is_in_a_word(unsigned char c) { return c > ' ' && c != 0x7f; }

bool can_be_field(const std::pair<std::string, std::string>& field) {
  constexpr std::array<std::string_view, 13> kOfOneProtocol{
      "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "upgrade",
      "te",   "expect",         "trailer",           "cookie",     "range",      "http2-settings"};
  const auto& [name, value] = field;
  const bool is_lower = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return is_lower && !name.empty() && http::token_length(name) == name.size() &&
         std::find(kOfOneProtocol.begin(), kOfOneProtocol.end(), name) == kOfOneProtocol.end() &&
         has_only(value, is_in_a_field) && http::trimmed(value) == value;
}

bool can_be_both(const Sent& sent) {
  return !sent.method.empty() && http::token_length(sent.method) == sent.method.size() && sent.method != "CONNECT" &&
         sent.target.starts_with('/') && has_only(sent.target, is_in_a_word) && !sent.host.empty() &&
         has_only(sent.host, is_in_a_field) && http::trimmed(sent.host) == sent.host &&
         std::all_of(sent.fields.begin(), sent.fields.end(), can_be_field);
}

/// What a handler saw, and the status; of a refusal only that it is one.
std::string outcome(const auto& driver, std::string_view version) {
  if (!driver.rejects().empty()) return "refused\n";
  std::string text;
  for (test::SeenRequest seen : driver.requests()) {
    claim(seen.version == version, "a request knows its version");
    seen.version.clear();
    text += seen.text();
  }
  for (const test::SeenAnswer& answer : driver.answers()) text += std::to_string(answer.status) + "\n";
  return text;
}

/// A body that comes in pieces is another matter.
std::vector<Route> whole_routes() {
  std::vector<Route> routes = test::echo_routes();
  std::erase_if(routes, [](const Route& route) { return route.options.stream_body; });
  return routes;
}

std::string by_http1(const Sent& sent) {
  std::string bytes = sent.method + " " + sent.target + " HTTP/1.1\r\nhost: " + sent.host + "\r\n";
  for (const auto& [name, value] : sent.fields) bytes += name + ": " + value + "\r\n";
  if (!sent.body.empty()) bytes += "content-length: " + std::to_string(sent.body.size()) + "\r\n";
  test::ConnectionDriver driver{{}, whole_routes()};
  driver.receive(bytes + "\r\n" + sent.body);
  return outcome(driver, "HTTP/1.1");
}

std::string by_http2(const Sent& sent) {
  http2::Fields fields{
      {":method", sent.method}, {":scheme", "http"}, {":authority", sent.host}, {":path", sent.target}};
  fields.insert(fields.end(), sent.fields.begin(), sent.fields.end());
  if (!sent.body.empty()) fields.emplace_back("content-length", std::to_string(sent.body.size()));
  test::Http2Driver driver{{}, whole_routes()};
  driver.greet();
  if (sent.body.empty()) {
    driver.receive(http2::headers(1, fields));
  } else {
    driver.receive(http2::headers(1, fields, http2::kEndHeaders));
    driver.receive(http2::data(1, sent.body, http2::kEndStream));
  }
  return outcome(driver, "HTTP/2");
}

void run(Input input) {
  const Sent sent = read(input);
  if (!can_be_both(sent)) return;
  const std::string one = by_http1(sent);
  const std::string other = by_http2(sent);
  if (one != other) std::fprintf(stderr, "HTTP/1.1:\n%sHTTP/2:\n%s", one.c_str(), other.c_str());
  claim(one == other, "a request means the same in both protocols");
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
