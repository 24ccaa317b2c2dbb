#include "base/bind.hpp"

#include <catch2/catch.hpp>

namespace orrery::base {
namespace {

std::string shown(const BindTarget& target) {
  switch (target.kind) {
    case BindTarget::Kind::kTcp:
      return target.address.to_string() + (target.zone.empty() ? "" : " zone " + target.zone) +
             (target.both_families ? " and v4" : "");
    case BindTarget::Kind::kUnix: return "path " + target.path;
    case BindTarget::Kind::kInherited: return "fd " + std::to_string(target.fd);
  }
  return "";
}

TEST_CASE("parse_bind reads every form") {
  struct Row {
    const char* text;
    const char* target;
  };
  const Row rows[] = {
      {"127.0.0.1", "127.0.0.1:8000"},
      {"0.0.0.0:80", "0.0.0.0:80"},
      {":9000", "0.0.0.0:9000"},
      {"localhost", "127.0.0.1:8000"},
      {"localhost:0", "127.0.0.1:0"},
      {"127.0.0.1:65535", "127.0.0.1:65535"},
      {"[::1]", "[::1]:8000"},
      {"[::]:80", "[::]:80"},
      {"[2001:db8::1]:443", "[2001:db8::1]:443"},
      {"tcp://127.0.0.1:1", "127.0.0.1:1"},
      {"unix:/run/o.sock", "path /run/o.sock"},
      {"unix:///run/o.sock", "path /run/o.sock"},
      {"unix:o.sock", "path o.sock"},
      {"fd://3", "fd 3"},
      {"unix:@orrery", "path @orrery"},
      {"unix:./@file", "path ./@file"},
      {"[fe80::1%eth0]:80", "[fe80::1]:80 zone eth0"},
      {"[fe80::1%2]", "[fe80::1]:8000 zone 2"},
      {"[::]:80 ipv6only=off", "[::]:80 and v4"},
      {"[::]:80 ipv6only=on", "[::]:80"},
      {"[::]  ipv6only=off   proxy_protocol=off", "[::]:8000 and v4"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto target = parse_bind(row.text);
    REQUIRE(target);
    CHECK(shown(*target) == row.target);
  }
}

TEST_CASE("parse_bind refuses the rest with advice") {
  struct Row {
    std::string text;
    const char* part;
  };
  const Row rows[] = {
      {"", "empty"},
      {"8000", "for port 8000 write `:8000`"},
      {"example.org:80", "names are not looked up"},
      {"127.0.0.1:", "not a port"},
      {"127.0.0.1:65536", "not a port"},
      {"127.0.0.1:-1", "not a port"},
      {"127.0.0.1:80x", "not a port"},
      {"::1", "in brackets"},
      {"[::1", "no closing bracket"},
      {"[::1]80", "write :PORT"},
      {"[1.2.3.400]:1", "not an IPv4"},
      {"unix:", "needs a path"},
      {"fd://", "fd://3"},
      {"fd://-1", "fd://3"},
      {"fd://3x", "fd://3"},
      {"1.2.3:80", "not a numeric address"},
      {"unix:/" + std::string(107, 'a'), "at most 107"},
      {"unix:@" + std::string(108, 'a'), "at most 108"},
      {"unix:@", "needs a name"},
      {"*:80", "for every address write 0.0.0.0"},
      {"/run/o.sock", "write unix:/run/o.sock"},
      {"http://127.0.0.1:80", "is a URL"},
      {"[fe80::1]:80", "name one, as [fe80::1%eth0]:8000"},
      {"[febf::1]", "link-local"},
      {"[fe80::1%]:80", "empty zone"},
      {"[::1%lo]:80", "only link-local"},
      {"[::]:80 ipv6only=maybe", "neither on nor off"},
      {"[::1]:80 ipv6only=off", "belongs to [::] only"},
      {"0.0.0.0:80 ipv6only=off", "belongs to [::] only"},
      {"unix:/x ipv6only=off", "belongs to [::] only"},
      {"[::]:80 ipv6only=off ipv6only=on", "twice"},
      {":80 tls=on", "`tls=on` has a value"},
      {":80 tls tls", "`tls` stands there twice"},
      {":80 tsl", "`80 tsl` is not a port"},
      {":80 reuse_port=on", "`reuse_port` is no option"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto target = parse_bind(row.text);
    REQUIRE_FALSE(target);
    CHECK_THAT(target.error().message, Catch::Contains(row.part));
  }
}

TEST_CASE("a bind setting may carry an option behind its address") {
  struct Row {
    const char* text;
    const char* address;
    std::optional<ProxyProtocol> proxy;
  };
  for (const Row& row : {Row{":80", ":80", {}}, Row{":80 proxy_protocol=off", ":80", ProxyProtocol::kOff},
                         Row{"[::1]:80 proxy_protocol=optional", "[::1]:80", ProxyProtocol::kOptional},
                         Row{"unix:/a b proxy_protocol=required", "unix:/a b", ProxyProtocol::kRequired}}) {
    INFO(row.text);
    CHECK(bind_options(row.text).address == row.address);
    CHECK(bind_options(row.text).proxy_protocol == row.proxy);
    CHECK(shown(parse_bind(row.text).value()) == shown(parse_bind(row.address).value()));
  }
  CHECK(parse_bind(":80 proxy_protocol=on").error().message.find("`on`") != std::string::npos);
  CHECK_FALSE(parse_bind(":80 proxyprotocol=off"));
}

TEST_CASE("the address of a bind setting is the same text for the same socket, whatever its options' order") {
  CHECK(bind_options("[::]:80 proxy_protocol=off ipv6only=off").address == "[::]:80 ipv6only=off");
  CHECK(bind_options("[::]:80 ipv6only=off proxy_protocol=off").address == "[::]:80 ipv6only=off");
  CHECK(bind_options("[::]:80 ipv6only=on").address == "[::]:80");
  CHECK(shown(parse_bind(bind_options("[::]:80 ipv6only=off").address).value()) == "[::]:80 and v4");
}

TEST_CASE("overlap tells which two addresses the kernel gives one socket only") {
  struct Row {
    const char *a, *b;
    bool overlap;
  };
  const Row rows[] = {
      {"127.0.0.1:80", "0.0.0.0:80", true},
      {"127.0.0.1:80", "0.0.0.0:81", false},
      {"127.0.0.1:80", "127.0.0.2:80", false},
      {":80", "0.0.0.0:80", true},
      {":0", ":0", false},
      {"[::1]:80", "[::]:80", true},
      {"[::]:80", "0.0.0.0:80", false},
      {"[::]:80 ipv6only=off", "127.0.0.1:80", true},
      {"[::]:80 ipv6only=off", "[::]:80", true},
      {"[fe80::1%eth0]:80", "[fe80::1%eth1]:80", false},
      {"[fe80::1%eth0]:80", "[fe80::1%eth0]:80", true},
      {"unix:/x", "unix:///x", true},
      {"unix:/x", "unix:@x", false},
      {"fd://3", "fd://3", true},
      {"fd://3", "fd://4", false},
      {"unix:/x", ":80", false},
  };
  for (const auto& row : rows) {
    INFO(row.a << " and " << row.b);
    CHECK(overlap(parse_bind(row.a).value(), parse_bind(row.b).value()) == row.overlap);
    CHECK(overlap(parse_bind(row.b).value(), parse_bind(row.a).value()) == row.overlap);
  }
}

TEST_CASE("the word tls stands behind any address, and is no part of it") {
  struct Row {
    const char* text;
    bool tls;
    const char* address;
  };
  const Row rows[] = {
      {"0.0.0.0:443", false, "0.0.0.0:443"},
      {"0.0.0.0:443 tls", true, "0.0.0.0:443"},
      {"[::]:443 ipv6only=off tls proxy_protocol=required", true, "[::]:443 ipv6only=off"},
      {"unix:/run/a b.sock tls", true, "unix:/run/a b.sock"},
      {"unix:/run/tls", false, "unix:/run/tls"},
      {"fd://3 tls", true, "fd://3"},
      {"tls", false, "tls"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(bind_options(row.text).tls == row.tls);
    CHECK(bind_options(row.text).address == row.address);
  }
}

}  // namespace
}  // namespace orrery::base
