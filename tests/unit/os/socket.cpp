#include "os/socket.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <fstream>
#include <ifaddrs.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "os/accept.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

Result<Bound> listen_at(const std::string& bind, int backlog = 128) {
  const auto target = base::parse_bind(bind);
  REQUIRE(target);
  return listen_on(*target, bind, backlog, std::nullopt);
}

int option(int fd, int level, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  ::getsockopt(fd, level, name, &value, &length);
  return value;
}

bool has_ipv6() {
  const base::UniqueFd fd{::socket(AF_INET6, SOCK_STREAM, 0)};
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

struct LinkLocal {
  std::string address, interface;
  unsigned number = 0;
};

/// A link-local address this machine has, of an interface that is up.
std::optional<LinkLocal> link_local() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return std::nullopt;
  std::optional<LinkLocal> found;
  for (const ifaddrs* one = list; one != nullptr && !found; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET6) continue;
    sockaddr_in6 address{};
    std::memcpy(&address, one->ifa_addr, sizeof address);
    if (!IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr)) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    found = LinkLocal{text.data(), one->ifa_name, address.sin6_scope_id};
  }
  ::freeifaddrs(list);
  return found;
}

}  // namespace

TEST_CASE("socket: port 0 becomes a real port, and the flags are set") {
  const auto bound = listen_at("127.0.0.1:0");
  REQUIRE(bound);
  const Listener& listener = bound->listener;
  CHECK(listener.address.port != 0);
  CHECK(listener.url() == fmt::format("http://127.0.0.1:{}", listener.address.port));
  CHECK((::fcntl(listener.fd.get(), F_GETFL) & O_NONBLOCK) != 0);
  CHECK((::fcntl(listener.fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(option(listener.fd.get(), SOL_SOCKET, SO_REUSEADDR) == 1);
  CHECK(option(listener.fd.get(), IPPROTO_TCP, TCP_NODELAY) == 1);
}

TEST_CASE("socket: an accepted connection inherits TCP_NODELAY") {
  const auto bound = listen_at("127.0.0.1:0");
  REQUIRE(bound);
  sockaddr_storage address{};
  const socklen_t length = bound->listener.address.to_sockaddr(address);
  const base::UniqueFd client{::socket(AF_INET, SOCK_STREAM, 0)};
  REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  const base::UniqueFd accepted{::accept(bound->listener.fd.get(), nullptr, nullptr)};
  REQUIRE(accepted);
  CHECK(option(accepted.get(), IPPROTO_TCP, TCP_NODELAY) == 1);
}

TEST_CASE("socket: IPv6 is IPv6 only, so both may have one port") {
  if (!has_ipv6()) return;
  const auto v6 = listen_at("[::]:0");
  REQUIRE(v6);
  CHECK(option(v6->listener.fd.get(), IPPROTO_IPV6, IPV6_V6ONLY) == 1);
  CHECK(listen_at(fmt::format("0.0.0.0:{}", v6->listener.address.port)).has_value());
}

TEST_CASE("socket: errors name the address, the reason and the cure") {
  const auto holder = listen_at("127.0.0.1:0");
  REQUIRE(holder);
  const std::string taken = fmt::format("127.0.0.1:{}", holder->listener.address.port);
  const auto second = listen_at(taken);
  REQUIRE_FALSE(second);
  CHECK(second.error().message ==
        "cannot bind " + taken + ": address already in use; another process listens there (ss -ltnp shows it)");
  const auto elsewhere = listen_at("192.0.2.1:0");
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.error().message.find("cannot bind 192.0.2.1:0: cannot assign requested address") == 0);
}

TEST_CASE("socket: a backlog the kernel will cut is noted") {
  const auto bound = listen_at("127.0.0.1:0", 1 << 30);
  REQUIRE(bound);
  CHECK(bound->note.find("somaxconn") != std::string::npos);
  CHECK(listen_at("127.0.0.1:0", 1)->note.empty());
}

TEST_CASE("socket: unix paths") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("s.sock");
  const std::string bind = "unix:" + path;
  SECTION("mode by umask, url by path, unlinked by its maker") {
    const mode_t former = ::umask(0007);
    const auto bound = listen_at(bind);
    ::umask(former);
    REQUIRE(bound);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0770);
    CHECK(bound->listener.url() == bind);
    unlink_path(bound->listener);
    CHECK(::stat(path.c_str(), &status) != 0);
  }
  SECTION("a stale one is replaced") {
    { REQUIRE(listen_at(bind)); }
    CHECK(listen_at(bind).has_value());
  }
  SECTION("a living one is refused") {
    const auto living = listen_at(bind);
    REQUIRE(living);
    const auto second = listen_at(bind);
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("address already in use") != std::string::npos);
  }
  SECTION("what is not a socket is left alone") {
    std::ofstream(path) << "precious";
    const auto bound = listen_at(bind);
    REQUIRE_FALSE(bound);
    CHECK(bound.error().message == "cannot bind " + bind + ": " + path + " exists and is not a socket");
  }
  SECTION("a successor's file is not unlinked") {
    const auto bound = listen_at(bind);
    REQUIRE(bound);
    // Both exist at one time, so the file system cannot give the second the first one's inode.
    std::ofstream(path + ".new") << "";
    REQUIRE(::rename((path + ".new").c_str(), path.c_str()) == 0);
    unlink_path(bound->listener);
    CHECK(::access(path.c_str(), F_OK) == 0);
  }
  SECTION("a path too long is a sentence") {
    base::BindTarget target;
    target.kind = base::BindTarget::Kind::kUnix;
    target.path = "/" + std::string(200, 'x');
    CHECK(listen_on(target, "unix:...", 1, std::nullopt).error().message ==
          "cannot bind unix:...: a unix socket's path has 1 to 107 bytes");
  }
  SECTION("a socket that does not listen") {
    const base::UniqueFd plain{::socket(AF_INET, SOCK_STREAM, 0)};
    CHECK(listen_at(fmt::format("fd://{}", plain.get())).error().message.find("not a listening stream socket") !=
          std::string::npos);
  }
  SECTION("nothing") {
    CHECK(listen_at("fd://999").error().message == "cannot use fd://999: the descriptor is not open");
  }
}

TEST_CASE("socket: an abstract name is no file, is not unlinked, and turns away whom it does not serve") {
  const std::string bind = fmt::format("unix:@orrery-test-{}", ::getpid());
  const test::TemporaryDirectory directory;
  auto bound = listen_at(bind);
  REQUIRE(bound);
  Listener& listener = bound->listener;
  CHECK(listener.url() == bind);
  CHECK(listener.address.family == base::Address::Family::kUnix);
  CHECK_FALSE(listener.owns_path);
  own_path(listener, true);
  CHECK_FALSE(listener.owns_path);
  CHECK(::access(listener.target.path.c_str(), F_OK) != 0);
  CHECK_FALSE(is_left(listener));
  const auto second = listen_at(bind);
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find("address already in use") != std::string::npos);

  const auto connect = [&] {
    base::UniqueFd client{::socket(AF_UNIX, SOCK_STREAM, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& name = listener.target.path;
    std::copy(name.begin() + 1, name.end(), address.sun_path + 1);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    return ::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0 ? std::move(client)
                                                                                             : base::UniqueFd{};
  };
  const base::UniqueFd waiting = connect();
  REQUIRE(waiting);
  turn_away(listener);
  CHECK(is_left(listener));
  CHECK_FALSE(connect());
  Accepted accepted = accept_one(listener.fd.get());
  CHECK(accepted.socket);
  CHECK(accepted.peer.to_string() == "unix");
  CHECK(is_nothing_there(accept_one(listener.fd.get()).error));
}

TEST_CASE("socket: an inherited abstract socket is known by its name") {
  const std::string bind = fmt::format("unix:@orrery-inherited-{}", ::getpid());
  auto bound = listen_at(bind);
  REQUIRE(bound);
  const int number = ::fcntl(bound->listener.fd.get(), F_DUPFD, 10);
  const auto inherited = listen_at(fmt::format("fd://{}", number));
  REQUIRE(inherited);
  CHECK(inherited->listener.url() == bind);
}

TEST_CASE("socket: [::] with ipv6only=off takes IPv4 too") {
  if (!has_ipv6()) return;
  const auto both = listen_at("[::]:0 ipv6only=off");
  REQUIRE(both);
  CHECK(option(both->listener.fd.get(), IPPROTO_IPV6, IPV6_V6ONLY) == 0);
  const auto v4 = listen_at(fmt::format("127.0.0.1:{}", both->listener.address.port));
  CHECK_FALSE(v4);
}

TEST_CASE("socket: a link-local address is bound on its interface") {
  const auto none = listen_at("[fe80::1%no-such-interface]:0");
  REQUIRE_FALSE(none);
  CHECK(none.error().message.find("this machine has no interface `no-such-interface`") != std::string::npos);
  const auto place = link_local();
  if (!place) return;  // this machine has none
  const std::string address = fmt::format("[{}%{}]", place->address, place->interface);
  for (const std::string& bind : {address + ":0", fmt::format("[{}%{}]:0", place->address, place->number)}) {
    INFO(bind);
    const auto bound = listen_at(bind);
    REQUIRE(bound);
    CHECK(bound->listener.address.port != 0);
  }
  CHECK(listen_at(address + ":0")->listener.url().find("http://" + address.substr(0, address.size() - 1)) == 0);
  CHECK(try_address(base::parse_bind(address + ":0").value()));
  CHECK_FALSE(try_address(base::parse_bind("[fe80::1%no-such-interface]:1").value()));
}

TEST_CASE("socket: an address is tried without disturbing whoever has it") {
  const auto holder = listen_at("127.0.0.1:0");
  REQUIRE(holder);
  CHECK(try_address(base::parse_bind(fmt::format("127.0.0.1:{}", holder->listener.address.port)).value()));
  const auto elsewhere = try_address(base::parse_bind("192.0.2.1:80").value());
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.error().message.find("this machine has no such address") != std::string::npos);
}

}  // namespace orrery::os
