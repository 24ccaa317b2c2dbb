#include "os/datagram.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

std::string receive(const base::UniqueFd& fd) {
  std::array<char, 256> bytes{};
  const ssize_t got = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
  return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string{};
}

}  // namespace

TEST_CASE("datagram: over UDP to a name, and to a unix socket") {
  base::UniqueFd udp{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(::bind(udp.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  REQUIRE(::getsockname(udp.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
  const auto to_udp = Datagram::open({"", "127.0.0.1", std::to_string(ntohs(address.sin_port))});
  REQUIRE(to_udp);
  CHECK(to_udp->send("a:1|c"));
  CHECK(receive(udp) == "a:1|c");

  const test::TemporaryDirectory directory;
  const std::string path = directory.file("statsd.sock");
  base::UniqueFd local{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
  REQUIRE(::bind(local.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  const auto to_unix = Datagram::open({path, "", ""});
  REQUIRE(to_unix);
  CHECK(to_unix->send("b:2|g"));
  CHECK(receive(local) == "b:2|g");
  local.reset();
  CHECK_FALSE(to_unix->send("c:3|g"));
}

TEST_CASE("datagram: a unix socket that comes later, or anew, is found") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("log.sock");
  const auto sender = Datagram::open_for_later({path, "", ""});
  REQUIRE(sender);
  CHECK_FALSE(sender->send("nobody is there"));
  for (const char* text : {"first", "again"}) {
    const base::UniqueFd local{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
    REQUIRE(::bind(local.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    CHECK(sender->send(text));
    CHECK(receive(local) == text);
    ::unlink(path.c_str());
  }
}

TEST_CASE("datagram: what cannot be reached is said with its reason") {
  CHECK_FALSE(Datagram::open({"/nowhere/at/all.sock", "", ""}));
  CHECK_FALSE(Datagram::open({std::string(200, 'x'), "", ""}));
  CHECK_FALSE(Datagram::open({"", "127.0.0.1", "no port"}));
}

}  // namespace orrery::os
