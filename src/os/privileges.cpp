#include "os/privileges.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/check.hpp"

namespace orrery::os {

namespace {

constexpr unsigned kAsItIs = ~0U;  // to setresuid and setresgid

std::optional<unsigned> read_id(const std::string& text) {
  unsigned id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || id == ~0U) return std::nullopt;
  return id;
}

struct User {
  uid_t uid;
  std::string name;  // empty when only a number is known
  std::optional<gid_t> gid;
};

Result<User> find_user(const std::string& text) {
  if (const passwd* entry = ::getpwnam(text.c_str())) return User{entry->pw_uid, entry->pw_name, entry->pw_gid};
  const auto uid = read_id(text);
  if (!uid) return fail(fmt::format("user: there is no user `{}`", text));
  if (const passwd* entry = ::getpwuid(*uid)) return User{*uid, entry->pw_name, entry->pw_gid};
  return User{*uid, "", std::nullopt};
}

Result<gid_t> find_group(const std::string& text) {
  if (const ::group* entry = ::getgrnam(text.c_str())) return entry->gr_gid;
  if (const auto gid = read_id(text)) return *gid;
  return fail(fmt::format("group: there is no group `{}`", text));
}

std::vector<gid_t> groups_of(const std::string& name, gid_t gid) {
  if (name.empty()) return {gid};
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (::getgrouplist(name.c_str(), gid, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));
    ::getgrouplist(name.c_str(), gid, groups.data(), &count);
  }
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

Result<void> failed(const char* step, const Identity& identity) {
  return fail(fmt::format("cannot run as {}: {}: {}", identity.name, step, std::strerror(errno)));
}

// A saved id or a kernel capability that survived would let a captured worker be root again: ask the kernel.
Result<void> prove_no_way_back(const Identity& identity, uid_t former_uid, gid_t former_gid) {
  const bool user_back = identity.change_user && identity.uid != 0 && former_uid != identity.uid &&
                         ::setresuid(former_uid, former_uid, former_uid) == 0;
  const bool group_back = identity.change_user && identity.uid != 0 && former_gid != identity.gid &&
                          ::setresgid(former_gid, former_gid, former_gid) == 0;
  if (user_back || group_back)
    return fail("cannot run as " + identity.name + ": the former identity can be taken back");
  return {};
}

}  // namespace

Result<std::optional<Identity>> resolve_identity(const std::string& user, const std::string& group, bool initgroups) {
  Identity identity{::geteuid(), ::getegid(), {}, !user.empty(), ""};
  std::string user_name;
  if (!user.empty()) {
    const auto found = find_user(user);
    if (!found) return fail(found);
    identity.uid = found->uid;
    identity.gid = found->gid.value_or(identity.gid);
    user_name = found->name;
  }
  if (!group.empty()) {
    const auto found = find_group(group);
    if (!found) return fail(found);
    identity.gid = *found;
  }
  if (identity.uid == ::geteuid() && identity.gid == ::getegid()) return std::nullopt;
  identity.name = fmt::format("{}:{}", user.empty() ? std::to_string(identity.uid) : user,
                              group.empty() ? std::to_string(identity.gid) : group);
  if (::geteuid() != 0) {
    return fail(fmt::format("cannot run the workers as {}: only root may; start as root or drop `user` and `group`",
                            identity.name));
  }
  identity.groups = initgroups ? groups_of(user_name, identity.gid) : std::vector<gid_t>{identity.gid};
  return identity;
}

Result<void> become(const Identity& identity) {
  const uid_t former_uid = ::geteuid();
  const gid_t former_gid = ::getegid();
  if (::setgroups(identity.groups.size(), identity.groups.data()) != 0) return failed("setgroups", identity);
  if (::setresgid(identity.gid, identity.gid, identity.gid) != 0) return failed("setresgid", identity);
  if (::setresuid(identity.uid, identity.uid, identity.uid) != 0) return failed("setresuid", identity);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs", identity);
  return prove_no_way_back(identity, former_uid, former_gid);
}

ActingAs::ActingAs(const Identity& identity) : former_uid_(::geteuid()), former_gid_(::getegid()) {
  former_groups_.resize(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  const int count = ::getgroups(static_cast<int>(former_groups_.size()), former_groups_.data());
  former_groups_.resize(static_cast<std::size_t>(std::max(0, count)));
  dumpable_ = ::prctl(PR_GET_DUMPABLE);
  acting_ = ::setgroups(identity.groups.size(), identity.groups.data()) == 0 &&
            ::setresgid(kAsItIs, identity.gid, kAsItIs) == 0 && ::setresuid(kAsItIs, identity.uid, kAsItIs) == 0;
}

ActingAs::~ActingAs() {
  const int error = errno;
  const bool back = ::setresuid(kAsItIs, former_uid_, kAsItIs) == 0 &&
                    ::setresgid(kAsItIs, former_gid_, kAsItIs) == 0 &&
                    (::setgroups(former_groups_.size(), former_groups_.data()) == 0 || !acting_);
  ORRERY_CHECK(back);
  // A change of the effective user makes a process one whose memory nobody may dump.
  if (dumpable_ == 1) ::prctl(PR_SET_DUMPABLE, 1);
  errno = error;
}

}  // namespace orrery::os
