// What a service manager is told, read at the socket that NOTIFY_SOCKET names.
#include "os/notify.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

/// A variable of the environment, as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

/// The manager's end.
class Manager {
 public:
  /// `name`: a path, or '@' and an abstract name.
  explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  }

  struct Told {
    std::string message;  ///< empty = there was none
    base::UniqueFd fd{};  ///< that came with it
  };
  Told next() {
    Told told;
    std::array<char, 2048> bytes{};
    iovec room{bytes.data(), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr datagram{};
    datagram.msg_iov = &room;
    datagram.msg_iovlen = 1;
    datagram.msg_control = control.data();
    datagram.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(socket_.get(), &datagram, MSG_CMSG_CLOEXEC);
    if (got > 0) told.message.assign(bytes.data(), static_cast<std::size_t>(got));
    if (const cmsghdr* header = CMSG_FIRSTHDR(&datagram); got > 0 && header != nullptr) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
      told.fd.reset(fd);
    }
    return told;
  }

 private:
  base::UniqueFd socket_;
};

/// One that listens at a path, and what speaks to it.
struct Conversation {
  test::TemporaryDirectory directory;
  std::string path = directory.file("notify");
  Manager manager{path};
  Notify notify = speak();

  Notify speak() const {
    const Variable name{"NOTIFY_SOCKET", path};
    return Notify::from_environment();
  }
};

ino_t inode_of(int fd) {
  struct stat status {};
  REQUIRE(::fstat(fd, &status) == 0);
  return status.st_ino;
}

}  // namespace

TEST_CASE("notify: without NOTIFY_SOCKET it says nothing") {
  ::unsetenv("NOTIFY_SOCKET");
  Notify notify = Notify::from_environment();
  notify.ready("x");
  CHECK(notify.fd() == -1);
}

TEST_CASE("notify: where NOTIFY_SOCKET names no socket of this machine every call does nothing") {
  const std::string name = GENERATE(as<std::string>{}, "", "run/notify", "vsock:2:1234", "/" + std::string(107, 'x'));
  INFO(name);
  const Variable socket{"NOTIFY_SOCKET", name}, allowed{"WATCHDOG_USEC", "2000000"}, most{"FDSTORE", "8"};
  Notify notify = Notify::from_environment();
  CHECK(notify.fd() == -1);
  CHECK(notify.watchdog_interval().count() == 0);
  notify.stopping("x");
  notify.watchdog();
  notify.store(0, "x");
  notify.forget("x");
}

TEST_CASE("notify: messages reach a path and an abstract name") {
  const test::TemporaryDirectory directory;
  const bool abstract = GENERATE(false, true);
  const std::string name = abstract ? "@orrery-test-" + std::to_string(::getpid()) : directory.file("notify");
  Manager manager{name};
  const Variable socket{"NOTIFY_SOCKET", name};
  Notify notify = Notify::from_environment();
  notify.ready("2 of 2 workers ready");
  CHECK(manager.next().message == "READY=1\nSTATUS=2 of 2 workers ready");
  notify.reloading(base::Monotonic{std::chrono::seconds{5}});
  CHECK(manager.next().message == "RELOADING=1\nMONOTONIC_USEC=5000000\nSTATUS=reloading");
  notify.status("1 of 2 workers ready");
  CHECK(manager.next().message == "STATUS=1 of 2 workers ready");
  notify.watchdog();
  CHECK(manager.next().message == "WATCHDOG=1");
  notify.stopping("stopping");
  CHECK(manager.next().message == "STOPPING=1\nSTATUS=stopping");
  notify.main_pid(42);
  CHECK(manager.next().message == "MAINPID=42");
}

TEST_CASE("notify: what a status quotes begins no line of its own, and is cut where it is too long") {
  Conversation with;
  with.notify.status("a\nMAINPID=1\r\x7f\tb");
  CHECK(with.manager.next().message == "STATUS=a MAINPID=1   b");
  with.notify.ready(std::string(5000, 'x'));
  CHECK(with.manager.next().message == "READY=1\nSTATUS=" + std::string(1000, 'x'));
}

TEST_CASE("notify: the watchdog is told twice in the time that it allows") {
  const Conversation with;
  CHECK(with.notify.watchdog_interval().count() == 0);
  const Variable allowed{"WATCHDOG_USEC", "3000000"};
  CHECK(with.speak().watchdog_interval() == std::chrono::milliseconds{1500});
}

TEST_CASE("notify: a descriptor goes to a store where there is one") {
  Conversation with;
  const base::UniqueFd kept{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  SECTION("none is told of") {
    with.notify.store(kept.get(), "x");
    with.notify.forget("x");
    CHECK(with.manager.next().message.empty());
  }
  SECTION("one that has no room") {
    const Variable most{"FDSTORE", "0"};
    with.speak().store(kept.get(), "x");
    CHECK(with.manager.next().message.empty());
  }
  SECTION("there is one") {
    const Variable most{"FDSTORE", "8"};
    const Notify notify = with.speak();
    notify.store(kept.get(), "x");
    const Manager::Told stored = with.manager.next();
    CHECK(stored.message == "FDSTORE=1\nFDNAME=x");
    REQUIRE(stored.fd);
    CHECK(inode_of(stored.fd.get()) == inode_of(kept.get()));
    notify.forget("x");
    const Manager::Told forgotten = with.manager.next();
    CHECK(forgotten.message == "FDSTOREREMOVE=1\nFDNAME=x");
    CHECK_FALSE(forgotten.fd);
  }
}

TEST_CASE("notify: a manager that does not read holds nobody up, and loses what it has no room for") {
  Conversation with;
  constexpr int kMany = 10'000;
  for (int i = 0; i < kMany; ++i) with.notify.status(std::to_string(i));
  CHECK(with.manager.next().message == "STATUS=0");
  int had = 1;
  while (!with.manager.next().message.empty()) ++had;
  CHECK(had < kMany);
  with.notify.status("there is room again");
  CHECK(with.manager.next().message == "STATUS=there is room again");
}

TEST_CASE("notify: what nobody hears is lost, and one that comes to the same place hears the next") {
  test::TemporaryDirectory directory;
  const Variable socket{"NOTIFY_SOCKET", directory.file("notify")};
  Notify notify = Notify::from_environment();
  notify.status("nobody is there");
  Manager manager{directory.file("notify")};
  CHECK(manager.next().message.empty());
  notify.status("somebody came");
  CHECK(manager.next().message == "STATUS=somebody came");
}

}  // namespace orrery::os
