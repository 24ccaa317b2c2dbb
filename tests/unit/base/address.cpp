#include "base/address.hpp"

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/un.h>

#include "base/bind.hpp"

namespace orrery::base {
namespace {

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

TEST_CASE("which addresses are this machine's own") {
  for (const char* text : {"127.0.0.1", "127.255.0.7", "::1", "::ffff:127.0.0.1"}) {
    INFO(text);
    CHECK(parse_ip(text).value().is_loopback());
  }
  for (const char* text : {"128.0.0.1", "0.0.0.0", "192.0.2.127", "::", "::2", "2001:db8::1"}) {
    INFO(text);
    CHECK_FALSE(parse_ip(text).value().is_loopback());
  }
  CHECK_FALSE(Address{}.is_loopback());
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
      {"fe80::1%eth0", "write fe80::1"},
      {"example.org", "neither an address"},
      {"", "neither"},
      {"10.0.0.0/33", "from 0 to 32"},
      {"::/129", "from 0 to 128"},
      {"10.0.0.0/", "after the slash"},
      {"10.0.0.1/8", "write 10.0.0.0/8"},
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
