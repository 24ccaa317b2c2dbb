// Whom the workers run as. What changes a process runs in a child.
#include "os/privileges.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <grp.h>
#include <linux/securebits.h>
#include <optional>
#include <pwd.h>
#include <string>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>
#include <vector>

#include "os/process.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

constexpr unsigned kNobody = 65534;
constexpr unsigned kUnnamed = 54321;  ///< a number that no entry of this machine has

Identity identity_of(unsigned id) {
  const std::string number = std::to_string(id);
  return {id, id, {id}, true, number + ":" + number};
}

/// How it ended; however slow the machine is.
std::optional<int> end_of(pid_t child) { return test::wait_for(child, std::chrono::minutes{2}); }

/// As one that is not root would be.
bool give_up_root() { return ::geteuid() != 0 || ::setresuid(kNobody, kNobody, kNobody) == 0; }

bool has_entry(unsigned id) { return ::getpwuid(id) != nullptr || ::getgrgid(id) != nullptr; }

}  // namespace

TEST_CASE("privileges: unknown names are sentences, one's own identity is no change") {
  CHECK(resolve_identity("no-such-user", "", false).error().message == "user: there is no user `no-such-user`");
  CHECK(resolve_identity("", "no-such-group", false).error().message == "group: there is no group `no-such-group`");
  const auto same = resolve_identity(std::to_string(::geteuid()), std::to_string(::getegid()), false);
  REQUIRE(same);
  CHECK_FALSE(same->has_value());
  CHECK_FALSE(resolve_identity("", "", false)->has_value());
}

TEST_CASE("privileges: a number is a whole one, and none that means `as it is` to the kernel") {
  const std::string number = GENERATE(as<std::string>{}, "-1", "4294967295", "4294967296", "12x", "0x10", " 1");
  INFO(number);
  CHECK(resolve_identity(number, "", false).error().message == "user: there is no user `" + number + "`");
  CHECK(resolve_identity("", number, false).error().message == "group: there is no group `" + number + "`");
}

TEST_CASE("privileges: a number needs no entry, and changes nothing but what it is given for") {
  if (::geteuid() != 0 || has_entry(kUnnamed)) return;
  const bool initgroups = GENERATE(false, true);
  const std::string number = std::to_string(kUnnamed), own_group = std::to_string(::getegid());
  const auto user = resolve_identity(number, "", initgroups);
  REQUIRE(user);
  REQUIRE(user->has_value());
  CHECK((*user)->uid == kUnnamed);
  CHECK((*user)->gid == ::getegid());
  CHECK((*user)->groups == std::vector<gid_t>{::getegid()});
  CHECK((*user)->change_user);
  CHECK((*user)->name == number + ":" + own_group);
  const auto group = resolve_identity("", number, initgroups);
  REQUIRE(group);
  REQUIRE(group->has_value());
  CHECK((*group)->uid == 0);
  CHECK((*group)->gid == kUnnamed);
  CHECK((*group)->groups == std::vector<gid_t>{kUnnamed});
  CHECK_FALSE((*group)->change_user);
  CHECK((*group)->name == "0:" + number);
}

TEST_CASE("privileges: a user's name and number mean the same, with that user's group where none is given") {
  const passwd* const entry = ::getpwuid(kNobody);
  if (::geteuid() != 0 || entry == nullptr) return;
  const std::string name = entry->pw_name;
  const gid_t group = entry->pw_gid;
  for (const std::string& user : {name, std::to_string(kNobody)}) {
    const auto identity = resolve_identity(user, "", true);
    REQUIRE(identity);
    REQUIRE(identity->has_value());
    CHECK((*identity)->uid == kNobody);
    CHECK((*identity)->gid == group);
    CHECK(std::count((*identity)->groups.begin(), (*identity)->groups.end(), group) == 1);
    CHECK((*identity)->name == user + ":" + std::to_string(group));
  }
}

TEST_CASE("privileges: only root may run the workers as another, and is told so before one is started") {
  const pid_t child = test::in_child([] {
    if (!give_up_root()) return 1;
    const auto identity = resolve_identity(std::to_string(kUnnamed), "0", false);
    if (identity) return 2;
    const std::string said =
        "cannot run the workers as 54321:0: only root may; start as root or drop `user` and `group`";
    return identity.error().message == said ? 0 : 3;
  });
  CHECK(test::exited_with(end_of(child), 0));
}

TEST_CASE("privileges: dropped for good") {
  if (::geteuid() != 0) return;
  const auto identity = resolve_identity("65534", "65534", false);
  REQUIRE(identity);
  REQUIRE(identity->has_value());
  ChildBirth birth;
  birth.identity = **identity;
  const auto pid = fork_child(birth, [] {
    uid_t real = 0, effective = 0, saved = 0;
    ::getresuid(&real, &effective, &saved);
    if (real != 65534 || effective != 65534 || saved != 65534 || ::getegid() != 65534) return 2;
    if (::setuid(0) == 0 || ::seteuid(0) == 0) return 3;
    std::array<gid_t, 8> groups{};
    return ::getgroups(8, groups.data()) == 1 && groups[0] == 65534 ? 0 : 4;
  });
  REQUIRE(pid);
  const auto status = end_of(*pid);
  REQUIRE(status);
  CHECK(*status == 0);
}

TEST_CASE("privileges: a program that the child runs gains nothing by its file's owner") {
  if (::geteuid() != 0) return;
  const pid_t child = test::in_child([] {
    if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0) return 1;
    if (!become(identity_of(kNobody))) return 2;
    return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 3;
  });
  CHECK(test::exited_with(end_of(child), 0));
}

TEST_CASE("privileges: what the kernel refuses is a sentence with the step") {
  const pid_t child = test::in_child([] {
    if (!give_up_root()) return 1;
    const auto became = become(identity_of(kUnnamed));
    if (became || ::geteuid() == kUnnamed) return 2;
    return became.error().message == "cannot run as 54321:54321: setgroups: Operation not permitted" ? 0 : 3;
  });
  CHECK(test::exited_with(end_of(child), 0));
}

TEST_CASE("privileges: a child that could be root again is found out") {
  if (::geteuid() != 0) return;
  constexpr int kNotAllowed = 77;
  const pid_t child = test::in_child([] {
    // The capabilities stay, whoever it is.
    if (::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) != 0) return kNotAllowed;
    const auto became = become(identity_of(kNobody));
    if (became) return 1;
    return became.error().message == "cannot run as 65534:65534: the former identity can be taken back" ? 0 : 2;
  });
  const auto status = end_of(child);
  if (test::exited_with(status, kNotAllowed)) return;
  CHECK(test::exited_with(status, 0));
}

TEST_CASE("privileges: for as long as it acts as the user the kernel judges it so, and what failed is still known") {
  if (::geteuid() != 0) return;
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("root's");
  const pid_t child = test::in_child([&path] {
    ::prctl(PR_SET_DUMPABLE, 1);
    const int made = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (made < 0) return 1;
    {
      const ActingAs acting{identity_of(kNobody)};
      if (!acting || ::open(path.c_str(), O_RDONLY) >= 0) return 2;
      uid_t real = kNobody, effective = 0, saved = kNobody;
      ::getresuid(&real, &effective, &saved);
      if (real != 0 || effective != kNobody || saved != 0) return 3;
    }
    if (errno != EACCES) return 4;
    if (::prctl(PR_GET_DUMPABLE) != 1) return 5;
    return ::geteuid() == 0 && ::open(path.c_str(), O_RDONLY) >= 0 ? 0 : 6;
  });
  CHECK(test::exited_with(end_of(child), 0));
}

TEST_CASE("privileges: one that may not act as the user says so, and acts as before") {
  const pid_t child = test::in_child([] {
    if (!give_up_root()) return 1;
    const uid_t former = ::geteuid();
    {
      const ActingAs acting{identity_of(kUnnamed)};
      if (acting || ::geteuid() != former) return 2;
    }
    return ::geteuid() == former ? 0 : 3;
  });
  CHECK(test::exited_with(end_of(child), 0));
}

}  // namespace orrery::os
