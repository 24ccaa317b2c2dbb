// ProxyHeader: what a PROXY header says, whole and cut off at every byte, and what Forwarding makes of any fields.
//
// Input: the bytes a connection begins with; the same bytes stand as values of fields from a trusted proxy.
#include "http/h1/proxy_header.hpp"

#include <string>
#include <utility>
#include <vector>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "http/forwarding.hpp"
#include "http/message.hpp"

namespace orrery::fuzz {
namespace {

using http::h1::ProxyHeader;
using Kind = ProxyHeader::Kind;

void check_header(std::string_view bytes) {
  const ProxyHeader header = ProxyHeader::parse(bytes);
  if (header.kind == Kind::kComplete) {
    claim(header.consumed > 0 && header.consumed <= bytes.size(), "a header lies within the bytes");
    claim(header.consumed <= ProxyHeader::kLongest, "no header is longer than the limit");
    claim(!header.source || header.source->family != base::Address::Family::kNone, "a source is an address");
    const ProxyHeader alone = ProxyHeader::parse(bytes.substr(0, header.consumed));
    claim(alone.kind == Kind::kComplete && alone.consumed == header.consumed && alone.source == header.source,
          "what stands behind a header does not change it");
  }
  claim(header.kind != Kind::kMore || bytes.size() < ProxyHeader::kLongest, "the wait for more is bounded");
  const std::size_t judged = header.kind == Kind::kComplete ? header.consumed : bytes.size();
  for (std::size_t length = 1; length < judged; ++length) {
    const Kind part = ProxyHeader::parse(bytes.substr(0, length)).kind;
    claim(part != Kind::kComplete, "a header is not complete before its end");
    claim(part == Kind::kMore || part == header.kind, "a judgement stands, whatever comes");
  }
}

using Fields = std::vector<std::pair<std::string_view, std::string>>;

/// What a request with these fields, from a trusted proxy, says: "https 192.0.2.1", or the refusal.
std::string told(const Fields& fields) {
  static const http::Proxies proxies = [] {
    Config config;
    config.forwarded_allow_ips = {"10.0.0.0/8"};
    return http::Proxies::make(config).value();
  }();
  std::string head;
  http::MessagePool pool;
  http::Message* message = pool.take();
  const auto span = [&](std::string_view text) {
    const http::Span at{static_cast<std::uint32_t>(head.size()), static_cast<std::uint32_t>(text.size())};
    head += text;
    return at;
  };
  for (const auto& [name, value] : fields) message->fields.push_back({span(name), span(value)});
  message->bytes = head.data();
  message->client = base::parse_ip("10.0.0.1").value();
  const auto refused = proxies.forwarding.apply(*message);
  claim(refused || message->client.family != base::Address::Family::kNone, "every request has a client");
  std::string text = refused ? std::string{base::row(*refused).name}
                             : (message->secure ? "https " : "http ") + message->client.to_string();
  message->release();
  return text;
}

bool has_quotes(std::string_view text) { return text.find_first_of("\"\\") != std::string_view::npos; }

void check_fields(std::string_view value) {
  const std::string first{value.substr(0, value.size() / 2)};
  const std::string second{value.substr(value.size() / 2)};
  Fields all;
  for (const std::string_view name : {"X-Forwarded-For", "Forwarded", "X-Forwarded-Proto"}) {
    all.emplace_back(name, first);
    all.emplace_back(name, second);
    // Quotes that are open at the end of a line would join what two lines keep apart.
    if (!has_quotes(value))
      claim(told({{name, first}, {name, second}}) == told({{name, first + ", " + second}}),
            "two lines mean what one with a comma means");
  }
  told(all);
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (!bytes.empty()) orrery::fuzz::check_header(bytes);
  orrery::fuzz::check_fields(bytes);
  return 0;
}
