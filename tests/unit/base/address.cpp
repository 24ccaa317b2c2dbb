#include "base/address.hpp"

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/un.h>

namespace orrery::base {
namespace {

std::string shown(const BindTarget& target) {
  switch (target.kind) {
    case BindTarget::Kind::kTcp: return target.address.to_string();
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
    CHECK(bind_address(row.text) == row.address);
    CHECK(bind_proxy_protocol(row.text).value() == row.proxy);
    CHECK(shown(parse_bind(row.text).value()) == shown(parse_bind(row.address).value()));
  }
  CHECK(parse_bind(":80 proxy_protocol=on").error().message.find("`on`") != std::string::npos);
  CHECK_FALSE(parse_bind(":80 proxyprotocol=off"));
}

TEST_CASE("an address survives the way through sockaddr") {
  for (const auto* text : {"192.0.2.1:80", "[2001:db8::1]:443", "0.0.0.0:0", "[::]:1"}) {
    INFO(text);
    const auto target = parse_bind(text);
    REQUIRE(target);
    sockaddr_storage storage{};
    const auto length = target->address.to_sockaddr(storage);
    const auto back = Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&storage), length);
    CHECK(back == target->address);
    CHECK(back.to_string() == text);
  }
}

TEST_CASE("addresses without a number print themselves") {
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  CHECK(Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&un), sizeof un).to_string() == "unix");
  CHECK(Address{}.to_string() == "-");
  CHECK(Address::from_sockaddr(nullptr, 0).family == Address::Family::kNone);
  CHECK(Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&un), 1).family == Address::Family::kNone);
  sockaddr_storage storage{};
  CHECK(Address{}.to_sockaddr(storage) == 0);
}

TEST_CASE("an IPv4 peer of a dual-stack socket is the IPv4 peer") {
  CHECK(parse_ip("::ffff:192.0.2.1").value() == parse_ip("192.0.2.1").value());
  CHECK_FALSE(parse_ip("fe80::1%eth0"));
  CHECK_FALSE(parse_ip(""));
  CHECK_FALSE(parse_ip(std::string_view("1.2.3.4\0", 8)));
}

TEST_CASE("AddressSet contains what its networks say") {
  struct Row {
    std::vector<std::string> entries;
    const char* address;
    bool member;
  };
  const Row rows[] = {
      {{"127.0.0.1"}, "127.0.0.1", true},
      {{"127.0.0.1"}, "127.0.0.2", false},
      {{"10.0.0.0/8"}, "10.255.0.1", true},
      {{"10.0.0.0/8"}, "11.0.0.1", false},
      {{"10.0.0.0/9"}, "10.127.0.1", true},
      {{"10.0.0.0/9"}, "10.128.0.1", false},
      {{"0.0.0.0/0"}, "8.8.8.8", true},
      {{"0.0.0.0/0"}, "::1", false},
      {{"::/0"}, "2001:db8::1", true},
      {{"::/0"}, "8.8.8.8", false},
      {{"2001:db8::/33"}, "2001:db8:7fff::", true},
      {{"2001:db8::/33"}, "2001:db8:8000::", false},
      {{"::1", "10.0.0.1/32"}, "10.0.0.1", true},
      {{"*"}, "2001:db8::1", true},
      {{}, "127.0.0.1", false},
  };
  for (const auto& row : rows) {
    INFO((row.entries.empty() ? "none" : row.entries.front()) << " and " << row.address);
    CHECK(AddressSet::parse(row.entries).value().contains(parse_ip(row.address).value()) == row.member);
  }
  Address unix_peer;
  unix_peer.family = Address::Family::kUnix;
  CHECK(AddressSet::parse({}).value().contains(unix_peer));
  CHECK_FALSE(AddressSet::parse({}).value().contains(Address{}));
}

TEST_CASE("AddressSet refuses what is no network") {
  struct Row {
    const char* entry;
    const char* part;
  };
  const Row rows[] = {
      {"example.org", "neither an address"},     {"", "neither"},
      {"10.0.0.0/33", "from 0 to 32"},           {"::/129", "from 0 to 128"},
      {"10.0.0.0/", "after the slash"},          {"10.0.0.1/8", "write 10.0.0.0/8"},
      {"2001:db8::1/32", "write 2001:db8::/32"},
  };
  for (const auto& row : rows) {
    INFO(row.entry);
    const auto set = AddressSet::parse({row.entry});
    REQUIRE_FALSE(set);
    CHECK_THAT(set.error().message, Catch::Contains(row.part));
  }
}

}  // namespace
}  // namespace orrery::base
