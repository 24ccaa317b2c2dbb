// The sockets of generations that follow each other, opened for real and asked at their addresses.
#include "master/listeners.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bind.hpp"
#include "os/accept.hpp"
#include "os/socket.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::master {

namespace {

const std::string kAnyPort = "127.0.0.1:0";

Config binding(std::vector<std::string> binds) {
  Config config;
  config.bind = std::move(binds);
  return config;
}

/// What a master does with its listeners, in sequence.
struct Doors {
  explicit Doors(std::vector<std::string> inherited = {}) : listeners(std::move(inherited)) {}
  explicit Doors(const std::vector<Inheritance::Passed>& passed) : listeners(passed) {}

  ListenerSet open(const std::vector<std::string>& binds) {
    auto set = listeners.open(binding(binds), std::nullopt, notes);
    REQUIRE(set);
    return std::move(*set);
  }
  std::string refused(const std::vector<std::string>& binds) {
    const auto set = listeners.open(binding(binds), std::nullopt, notes);
    REQUIRE_FALSE(set);
    return set.error().message;
  }
  /// A reload has gone from what was there to these.
  void move_to(const ListenerSet& kept, bool shared = false, bool held = false) {
    listeners.retire_all_but(kept);
    listeners.let_go(shared, [held](const os::Listener&) { return held; });
  }

  Listeners listeners;
  std::vector<std::string> notes;
};

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

/// Some kernels let no process without rights shut a TCP listener to new clients (os/socket.hpp, turn_away).
bool can_turn_away() {
  Doors doors;
  const ListenerSet set = doors.open({kAnyPort});
  os::turn_away(*set[0]);
  return os::is_left(*set[0]);
}

/// Another process's copy of it, as text and number.
Inheritance::Passed copy_of(const os::Listener& listener, bool from_manager = false) {
  const int fd = ::fcntl(listener.fd.get(), F_DUPFD, 3);
  REQUIRE(fd >= 0);
  return {fd, from_manager, listener.bind};
}

}  // namespace

TEST_CASE("listeners: the same text keeps its socket over a reload, and its port") {
  Doors doors;
  const ListenerSet former = doors.open({kAnyPort});
  const int port = former[0]->address.port;
  const ListenerSet next = doors.open({kAnyPort + " proxy_protocol=optional", "localhost:0"});
  doors.move_to(next);
  REQUIRE(next.size() == 2);
  CHECK(next[0] == former[0]);
  CHECK(next[0]->address.port == port);
}

TEST_CASE("listeners: an address that stands twice in a list is one socket") {
  Doors doors;
  const ListenerSet set = doors.open({kAnyPort, kAnyPort});
  CHECK(set.size() == 1);
  CHECK(doors.listeners.descriptors().size() == 1);
}

TEST_CASE("listeners: what cannot be opened whole changes nothing") {
  const test::TemporaryDirectory directory;
  Doors doors, others;
  const ListenerSet serving = doors.open({kAnyPort}), elsewhere = others.open({kAnyPort});
  const std::string taken = "127.0.0.1:" + std::to_string(elsewhere[0]->address.port);
  const std::string path = directory.file("new.sock");
  SECTION("a reload opens all or none") {
    CHECK(doors.refused({kAnyPort, "unix:" + path, taken}).find("cannot bind " + taken) == 0);
    CHECK_FALSE(exists(path));
    CHECK(doors.listeners.descriptors() == std::vector<int>{serving[0]->fd.get()});
  }
  SECTION("a service that was told to start in any case starts without it, and says so") {
    const ListenerSet set =
        doors.listeners.open_what_can_be(binding({taken, "unix:" + path}), std::nullopt, doors.notes);
    REQUIRE(set.size() == 1);
    CHECK(set[0]->bind == "unix:" + path);
    REQUIRE(doors.notes.size() == 1);
    CHECK(doors.notes[0].starts_with("cannot bind " + taken));
    CHECK(doors.notes[0].ends_with("; the service starts without it"));
  }
}

TEST_CASE("listeners: what overlaps a socket of this service is said to, with what to do") {
  Doors doors;
  const ListenerSet serving = doors.open({kAnyPort});
  const std::string wider = "0.0.0.0:" + std::to_string(serving[0]->address.port);
  CHECK(doors.refused({wider}) == "cannot bind " + wider + ": it overlaps " + kAnyPort +
                                      ", where this service listens already; no reload or upgrade can go from one to "
                                      "the other, so stop it and start it anew");
}

TEST_CASE("listeners: a retired one turns everybody away, and is closed with its last copy") {
  Doors doors;
  ListenerSet former = doors.open({kAnyPort});
  const ListenerSet next = doors.open({"localhost:0"});
  const auto retired = former[0];
  former.clear();
  SECTION("nobody holds it") {
    doors.move_to(next);
    CHECK_FALSE(retired->fd);
    CHECK(doors.listeners.descriptors().size() == 1);
  }
  SECTION("a worker that leaves holds it: nobody new gets in, until it is named again") {
    doors.move_to(next, false, true);
    REQUIRE(retired->fd);
    CHECK(os::is_left(*retired) == can_turn_away());
    CHECK(doors.open({kAnyPort})[0] == retired);
    CHECK_FALSE(os::is_left(*retired));
  }
  SECTION("another master accepts from it too: it takes everybody, until it is this service's alone") {
    doors.move_to(next, true);
    REQUIRE(retired->fd);
    CHECK_FALSE(os::is_left(*retired));
    doors.move_to(next);
    CHECK_FALSE(retired->fd);
  }
}

TEST_CASE("listeners: a retired one is not passed on, what serves is, with its role and whose it is") {
  Doors doors;
  const ListenerSet former = doors.open({kAnyPort}), next = doors.open({"localhost:0"});
  doors.listeners.retire_all_but(next);
  const auto passed = doors.listeners.to_pass(os::Role::kAdmin);
  REQUIRE(passed.size() == 1);
  CHECK(passed[0].bind == "localhost:0");
  CHECK(passed[0].role == os::Role::kAdmin);
  CHECK_FALSE(passed[0].from_manager);
}

TEST_CASE("listeners: a unix path") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("s.sock"), bind = "unix:" + path;
  Doors doors;
  ListenerSet set = doors.open({bind});
  REQUIRE(exists(path));
  SECTION("is gone with its last generation") {
    set.clear();
    CHECK_FALSE(exists(path));
    CHECK(doors.listeners.descriptors().empty());
  }
  SECTION("is left alone where it is another master's") {
    doors.listeners.own_paths(false);
    set.clear();
    CHECK(exists(path));
  }
  SECTION("that is deaf is gone, and named again it is another socket") {
    doors.listeners.retire_all_but({});
    doors.listeners.let_go(false, [](const os::Listener&) { return true; });
    CHECK_FALSE(exists(path));
    const ListenerSet again = doors.open({bind});
    CHECK(again[0] != set[0]);
    CHECK(exists(path));
  }
  SECTION("that has vanished is made again, which is said once, and its old queue is still served") {
    REQUIRE(::unlink(path.c_str()) == 0);
    const ListenerSet again = doors.open({bind});
    CHECK(again[0] != set[0]);
    CHECK(exists(path));
    CHECK(set[0]->fd);
    CHECK(doors.notes == std::vector<std::string>{"The socket file of " + bind + " had vanished and was made again"});
    CHECK(doors.open({bind})[0] == again[0]);
    CHECK(doors.notes.size() == 1);
    // The new file is not the old socket's to unlink.
    set.clear();
    CHECK(exists(path));
    REQUIRE(doors.listeners.to_pass().size() == 1);
    CHECK(doors.listeners.to_pass()[0].fd == again[0]->fd.get());
  }
}

TEST_CASE("listeners: what the master before passed on is taken and not opened anew") {
  Doors before;
  const ListenerSet theirs = before.open({kAnyPort, "localhost:0"});
  const auto passed = copy_of(*theirs[0]), unwanted = copy_of(*theirs[1]);
  Doors after{std::vector{passed, unwanted}};
  const ListenerSet ours = after.open({kAnyPort});
  CHECK(ours[0]->address.port == theirs[0]->address.port);
  CHECK(ours[0]->fd.get() == passed.fd);
  CHECK((::fcntl(passed.fd, F_GETFD) & FD_CLOEXEC) != 0);
  CHECK_FALSE(after.listeners.any_inherited());
  CHECK(is_open(unwanted.fd));
  after.listeners.drop_passed();
  CHECK_FALSE(is_open(unwanted.fd));
  CHECK(is_open(passed.fd));
  before.listeners.close_copies();
  CHECK_FALSE(theirs[0]->fd);
  CHECK_FALSE(os::is_left(*ours[0]));
}

TEST_CASE("listeners: what the service manager opened stands for the settings, over an upgrade too") {
  Doors manager;
  const ListenerSet theirs = manager.open({kAnyPort});
  const int fd = copy_of(*theirs[0]).fd;
  const std::string bind = "fd://" + std::to_string(fd);
  Doors first{std::vector{bind}};
  CHECK(first.listeners.any_inherited());
  const ListenerSet set = first.open({"127.0.0.1:1"});
  REQUIRE(set.size() == 1);
  CHECK(set[0]->bind == bind);
  CHECK(set[0]->address.port == theirs[0]->address.port);
  const auto passed = first.listeners.to_pass();
  REQUIRE(passed.size() == 1);
  CHECK(passed[0].from_manager);
  Doors second{std::vector{copy_of(*set[0], true)}};
  CHECK(second.listeners.any_inherited());
  CHECK(second.open({"127.0.0.1:1"})[0]->address.port == theirs[0]->address.port);
}

TEST_CASE("listeners: what the service manager kept of a master that crashed serves whom waited, and is told") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("s.sock"), bind = "unix:" + path;
  Doors crashed;
  ListenerSet theirs = crashed.open({bind});
  const auto stored = copy_of(*theirs[0]);
  // A crash unlinks nothing.
  crashed.listeners.own_paths(false);
  const bool has_path = GENERATE(true, false);
  INFO(has_path);
  if (!has_path) REQUIRE(::unlink(path.c_str()) == 0);
  Doors next;
  next.listeners = Listeners{{}, {stored}};
  ListenerSet ours = next.open({bind});
  CHECK((ours[0]->fd.get() == stored.fd) == has_path);
  CHECK(next.notes == (has_path ? std::vector<std::string>{"The service manager had kept the socket of " + bind +
                                                           ": the master before this one has crashed, and clients "
                                                           "waited"}
                                : std::vector<std::string>{}));
  CHECK(exists(path));
  // From now on it is this master's.
  ours.clear();
  CHECK_FALSE(exists(path));
}

TEST_CASE("listeners: a service that stops lets nobody new in, and keeps no copy") {
  Doors doors;
  const ListenerSet set = doors.open({"unix:@orrery-listeners-" + std::to_string(::getpid()), kAnyPort});
  const int copy = copy_of(*set[0]).fd;
  os::Listener workers{.fd = base::UniqueFd{copy}, .bind = {}, .target = set[0]->target, .address = set[0]->address};
  CHECK_FALSE(os::is_left(workers));
  doors.listeners.close_all();
  CHECK(os::is_left(workers));
  CHECK_FALSE(set[0]->fd);
  CHECK_FALSE(set[1]->fd);
  CHECK(doors.listeners.descriptors().empty());
}

}  // namespace orrery::master
