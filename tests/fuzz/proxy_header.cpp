// ProxyHeader: what a PROXY header says, whole and cut off at every byte, and what Forwarding makes of any fields.
//
// Input: the bytes a connection begins with; the same bytes stand as values of fields from a trusted proxy.
#include "http/proxy_header.hpp"

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "http/forwarding.hpp"
#include "http/message.hpp"

namespace orrery::fuzz {
namespace {

using http::ProxyHeader;
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

void check_fields(std::string_view value) {
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
  const std::size_t half = value.size() / 2;
  for (const std::string_view name : {"X-Forwarded-For", "Forwarded", "X-Forwarded-Proto"}) {
    message->fields.push_back({span(name), span(value.substr(0, half))});
    message->fields.push_back({span(name), span(value.substr(half))});
  }
  message->bytes = head.data();
  message->client = base::parse_ip("10.0.0.1").value();
  const auto refused = proxies.forwarding.apply(*message);
  claim(refused || message->client.family != base::Address::Family::kNone, "every request has a client");
  message->release();
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (!bytes.empty()) orrery::fuzz::check_header(bytes);
  orrery::fuzz::check_fields(bytes);
  return 0;
}
