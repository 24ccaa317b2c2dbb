#include "http/h1/proxy_header.hpp"

#include <catch2/catch.hpp>

#include "support/chunker.hpp"

namespace orrery::http::h1 {
namespace {

using Kind = ProxyHeader::Kind;
using namespace std::string_literals;

const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string binary(unsigned char command, unsigned char family, const std::string& block) {
  const auto size = static_cast<unsigned>(block.size());
  return kSignature + static_cast<char>(command) + static_cast<char>(family) + static_cast<char>(size >> 8) +
         static_cast<char>(size & 0xff) + block;
}

const std::string kV4Block = "\xc0\x00\x02\x01\x0a\x00\x00\x01\x30\x39\x01\xbb"s;  // 192.0.2.1:12345 to 10.0.0.1:443
const std::string kV6Block =
    "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s + std::string(15, '\0') + "\x02" + "\x30\x39\x01\xbb";

/// "192.0.2.1:12345", "itself" (no source), "more", "absent" or "refused"; the bytes behind the header must be left.
std::string told(const std::string& bytes) {
  const ProxyHeader header = ProxyHeader::parse(bytes);
  switch (header.kind) {
    case Kind::kMore: return "more";
    case Kind::kAbsent: return "absent";
    case Kind::kRefused: return "refused";
    case Kind::kComplete: break;
  }
  CHECK(header.consumed == bytes.size());
  CHECK(ProxyHeader::parse(bytes + "GET / HTTP/1.1\r\n").consumed == bytes.size());
  return header.source ? header.source->to_string() : "itself";
}

struct Row {
  const char* name;
  std::string bytes;
  const char* told;
};

const Row kRows[] = {
    {"v4", "PROXY TCP4 192.0.2.1 10.0.0.1 12345 443\r\n", "192.0.2.1:12345"},
    {"v6", "PROXY TCP6 2001:db8::1 ::1 12345 443\r\n", "[2001:db8::1]:12345"},
    {"v6 that is v4", "PROXY TCP6 ::ffff:192.0.2.1 ::1 12345 443\r\n", "192.0.2.1:12345"},
    {"ports at their ends", "PROXY TCP4 192.0.2.1 10.0.0.1 0 65535\r\n", "192.0.2.1:0"},
    {"unknown", "PROXY UNKNOWN\r\n", "itself"},
    {"unknown with more", "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", "itself"},
    {"longest v6",
     "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 "
     "65535\r\n",
     "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
    {"no words", "PROXY \r\n", "refused"},
    {"five words", "PROXY TCP4 192.0.2.1 10.0.0.1 12345\r\n", "refused"},
    {"seven words", "PROXY TCP4 192.0.2.1 10.0.0.1 12345 443 1\r\n", "refused"},
    {"two blanks", "PROXY TCP4  192.0.2.1 10.0.0.1 12345 443\r\n", "refused"},
    {"a blank at the end", "PROXY TCP4 192.0.2.1 10.0.0.1 12345 443 \r\n", "refused"},
    {"a tab", "PROXY TCP4\t192.0.2.1 10.0.0.1 12345 443\r\n", "refused"},
    {"another protocol", "PROXY UDP4 192.0.2.1 10.0.0.1 12345 443\r\n", "refused"},
    {"lower case", "PROXY tcp4 192.0.2.1 10.0.0.1 12345 443\r\n", "refused"},
    {"v4 in v6", "PROXY TCP6 192.0.2.1 10.0.0.1 12345 443\r\n", "refused"},
    {"v6 in v4", "PROXY TCP4 ::1 ::1 12345 443\r\n", "refused"},
    {"no address", "PROXY TCP4 localhost 10.0.0.1 12345 443\r\n", "refused"},
    {"bad target", "PROXY TCP4 192.0.2.1 10.0.0 12345 443\r\n", "refused"},
    {"port with zeros", "PROXY TCP4 192.0.2.1 10.0.0.1 012345 443\r\n", "refused"},
    {"port with sign", "PROXY TCP4 192.0.2.1 10.0.0.1 +12345 443\r\n", "refused"},
    {"port too high", "PROXY TCP4 192.0.2.1 10.0.0.1 65536 443\r\n", "refused"},
    {"LF alone", "PROXY TCP4 192.0.2.1 10.0.0.1 12345 443\n", "refused"},
    {"CR within", "PROXY TCP4 192.0.2.1 10.0.0.1 12345 44\r3\r\n", "refused"},
    {"line of 107 bytes without end", "PROXY UNKNOWN " + std::string(93, 'x'), "refused"},
    {"line of 106 bytes", "PROXY UNKNOWN " + std::string(92, 'x'), "more"},
    {"line of 107 bytes", "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n", "itself"},
    {"line of 108 bytes", "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", "refused"},
    {"P", "P", "more"},
    {"POST", "PO", "absent"},
    {"PROXYX", "PROXYX", "absent"},
    {"GET", "G", "absent"},
    {"CR", "\r", "more"},
    {"empty lines", "\r\n\r\nG", "absent"},
    {"binary v4", binary(0x21, 0x11, kV4Block), "192.0.2.1:12345"},
    {"binary v6", binary(0x21, 0x21, kV6Block), "[2001:db8::1]:12345"},
    {"binary with extensions", binary(0x21, 0x11, kV4Block + "\x04\x00\x01x"s), "192.0.2.1:12345"},
    {"binary unix", binary(0x21, 0x31, std::string(216, 'p')), "unix"},
    {"binary local", binary(0x20, 0x00, ""), "itself"},
    {"binary local with address", binary(0x20, 0x11, kV4Block), "itself"},
    {"binary unspecified", binary(0x21, 0x00, "anything"), "itself"},
    {"binary v4 too short", binary(0x21, 0x11, kV4Block.substr(1)), "refused"},
    {"binary v6 too short", binary(0x21, 0x21, kV6Block.substr(1)), "refused"},
    {"binary unix too short", binary(0x21, 0x31, std::string(215, 'p')), "refused"},
    {"binary v4 datagrams", binary(0x21, 0x12, kV4Block), "itself"},
    {"binary v6 datagrams", binary(0x21, 0x22, kV6Block), "itself"},
    {"binary unix datagrams", binary(0x21, 0x32, std::string(216, 'p')), "itself"},
    {"binary datagrams without address", binary(0x21, 0x12, ""), "itself"},
    {"binary datagrams with extensions", binary(0x21, 0x12, kV4Block + "\x04\x00\x01x"s), "itself"},
    {"binary v4, protocol unspecified", binary(0x21, 0x10, kV4Block), "itself"},
    {"binary stream, family unspecified", binary(0x21, 0x01, ""), "itself"},
    {"binary protocol 3", binary(0x21, 0x13, kV4Block), "refused"},
    {"binary version 1", binary(0x11, 0x11, kV4Block), "refused"},
    {"binary version 3", binary(0x31, 0x11, kV4Block), "refused"},
    {"binary command 2", binary(0x22, 0x11, kV4Block), "refused"},
    {"binary family 4", binary(0x21, 0x41, kV4Block), "refused"},
    {"binary at the limit", binary(0x21, 0x11, kV4Block + std::string(4096 - 16 - 12, 'x')), "192.0.2.1:12345"},
    {"binary above the limit", binary(0x21, 0x11, kV4Block + std::string(4096 - 16 - 11, 'x')), "refused"},
};

TEST_CASE("PROXY headers tell who opened the connection, or are refused") {
  for (const Row& row : kRows) {
    INFO(row.name);
    CHECK(told(row.bytes) == row.told);
  }
}

TEST_CASE("A PROXY header is not judged before it is there") {
  for (const Row& row : kRows) {
    INFO(row.name);
    if (ProxyHeader::parse(row.bytes).kind != Kind::kComplete) continue;
    for (std::size_t at = 1; at < row.bytes.size(); ++at) CHECK(told(row.bytes.substr(0, at)) == "more");
  }
}

// --- in front of requests ---

std::unique_ptr<test::ConnectionDriver> connection(ProxyProtocol mode, const char* peer = "127.0.0.1") {
  Config config;
  config.proxy_protocol = mode;
  return std::make_unique<test::ConnectionDriver>(config, test::echo_routes(), peer);
}

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kText = "PROXY TCP4 192.0.2.1 10.0.0.1 12345 443\r\n";

TEST_CASE("A connection begins with a PROXY header, may, or must not") {
  struct Case {
    const char* name;
    ProxyProtocol mode;
    const char* peer;
    std::string bytes;
    const char* outcome;  ///< the client of each request, or the refusal
  };
  const Case cases[] = {
      {"required, there", ProxyProtocol::kRequired, "127.0.0.1", kText + kGet, "192.0.2.1"},
      {"required, binary", ProxyProtocol::kRequired, "127.0.0.1", binary(0x21, 0x21, kV6Block) + kGet, "2001:db8::1"},
      {"required, of a unix peer", ProxyProtocol::kRequired, "unix", kText + kGet, "192.0.2.1"},
      {"required, unknown", ProxyProtocol::kRequired, "127.0.0.1", "PROXY UNKNOWN\r\n" + kGet, "127.0.0.1"},
      {"required, missing", ProxyProtocol::kRequired, "127.0.0.1", kGet, "missing_proxy_header"},
      {"required, broken", ProxyProtocol::kRequired, "127.0.0.1", "PROXY TCP4\r\n" + kGet, "bad_proxy_header"},
      {"required, stranger", ProxyProtocol::kRequired, "198.51.100.9", kText + kGet, "untrusted_proxy_header"},
      {"required, stranger without", ProxyProtocol::kRequired, "198.51.100.9", kGet, "missing_proxy_header"},
      {"required, twice", ProxyProtocol::kRequired, "127.0.0.1", kText + kText + kGet, "stray_proxy_header"},
      {"required, empty lines behind", ProxyProtocol::kRequired, "127.0.0.1", kText + "\r\n" + kGet, "192.0.2.1"},
      {"required, for all requests", ProxyProtocol::kRequired, "127.0.0.1", kText + kGet + kGet, "192.0.2.1 192.0.2.1"},
      {"required, before the second", ProxyProtocol::kRequired, "127.0.0.1", kText + kGet + kText + kGet,
       "192.0.2.1 stray_proxy_header"},
      {"required, datagrams", ProxyProtocol::kRequired, "127.0.0.1", binary(0x21, 0x12, kV4Block) + kGet, "127.0.0.1"},
      {"optional, there", ProxyProtocol::kOptional, "127.0.0.1", kText + kGet, "192.0.2.1"},
      {"optional, missing", ProxyProtocol::kOptional, "127.0.0.1", kGet, "127.0.0.1"},

      {"optional, POST", ProxyProtocol::kOptional, "127.0.0.1", "POST" + kGet.substr(3), "127.0.0.1"},
      {"optional, empty line", ProxyProtocol::kOptional, "127.0.0.1", "\r\n" + kGet, "127.0.0.1"},
      {"optional, stranger", ProxyProtocol::kOptional, "198.51.100.9", kText + kGet, "untrusted_proxy_header"},
      {"optional, stranger without", ProxyProtocol::kOptional, "198.51.100.9", kGet, "198.51.100.9"},
      {"off", ProxyProtocol::kOff, "127.0.0.1", kText + kGet, "stray_proxy_header"},
      {"off, binary", ProxyProtocol::kOff, "127.0.0.1", binary(0x21, 0x11, kV4Block) + kGet, "stray_proxy_header"},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const auto driver = connection(c.mode, c.peer);
    driver->receive(c.bytes);
    std::string outcome;
    for (const auto& request : driver->requests()) outcome += (outcome.empty() ? "" : " ") + request.client;
    for (const auto& reject : driver->rejects()) outcome += (outcome.empty() ? "" : " ") + reject;
    CHECK(outcome == c.outcome);
    test::run_chunked(c.bytes, [&] { return connection(c.mode, c.peer); });
  }
}

TEST_CASE("Who is in a PROXY header is trusted, or not, as if he had connected himself") {
  const auto client = [](const std::string& source) {
    const auto driver = connection(ProxyProtocol::kRequired);
    driver->receive("PROXY TCP4 " + source +
                    " 10.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.5\r\n" +
                    "X-Request-ID: mine\r\n\r\n");
    return driver->requests().at(0).client + " " + (driver->requests()[0].id == "mine" ? "kept" : "made");
  };
  CHECK(client("127.0.0.1") == "203.0.113.5 kept");
  CHECK(client("192.0.2.1") == "192.0.2.1 made");
}

TEST_CASE("A PROXY header has the time of the first head, and its absence ends quietly") {
  const auto driver = connection(ProxyProtocol::kRequired);
  driver->receive("PROXY TC");
  driver->pass(std::chrono::milliseconds{9999});
  CHECK(driver->end() == test::End::kOpen);
  driver->pass(std::chrono::milliseconds{1});
  CHECK(driver->rejects() == std::vector<std::string>{"header_timeout"});
  const auto silent = connection(ProxyProtocol::kRequired);
  silent->pass(std::chrono::seconds{10});
  CHECK(silent->rejects() == std::vector<std::string>{"silent_connection"});
  const auto gone = connection(ProxyProtocol::kRequired);
  gone->receive("PROXY TC");
  gone->receive_end();
  CHECK(gone->rejects() == std::vector<std::string>{"truncated_request"});
  const auto probe = connection(ProxyProtocol::kRequired);
  probe->receive("PROXY UNKNOWN\r\n");
  probe->receive_end();
  CHECK(probe->rejects().empty());
  CHECK(probe->end() == test::End::kClose);
}

}  // namespace
}  // namespace orrery::http::h1
