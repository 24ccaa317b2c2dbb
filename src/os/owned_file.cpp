#include "os/owned_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/log_file.hpp"
#include "os/place.hpp"

namespace orrery::os {

namespace {

constexpr int kFlags = base::kLogFlags | O_NOFOLLOW;

tl::unexpected<Error> cannot_act_as(const Identity& owner) {
  return fail(fmt::format("cannot act as {}: CAP_SETUID and CAP_SETGID are needed", owner.name));
}

tl::unexpected<Error> not_for(const Identity& owner, std::string_view what) {
  return fail(fmt::format("{}, and {} may not write it; give it to that user or remove it", what, owner.name));
}

std::string_view kind_of(const struct stat& found) {
  switch (found.st_mode & S_IFMT) {
    case S_IFDIR: return "it is a directory";
    case S_IFLNK: return "it is a link";
    case S_IFREG:
    case S_IFIFO: return found.st_nlink > 1 ? "it has a second name (a hard link)" : "it is another user's";
    default: return "it is a device or a socket";
  }
}

/// What the owner could not have laid there, or lays no hand on by it: root's own and the owner's own. A
/// second name could be that of any file of root's.
bool is_ours(const struct stat& found, const Identity& owner) {
  return (S_ISREG(found.st_mode) || S_ISFIFO(found.st_mode)) && found.st_nlink == 1 &&
         (found.st_uid == owner.uid || found.st_uid == 0);
}

Result<base::UniqueFd> make_and_give(const Place& place, const Identity& owner) {
  base::UniqueFd file{::openat(place.directory(), place.name(), kFlags | O_CREAT | O_EXCL, base::kLogMode)};
  if (!file) return fail(base::opening_failed(errno));
  if (::fchown(file.get(), owner.uid, owner.gid) == 0) return file;
  const int error = errno;
  ::unlinkat(place.directory(), place.name(), 0);
  return fail(fmt::format("it was made and cannot be given to {}: {}; make it beforehand as that user's", owner.name,
                          std::strerror(error)));
}

/// As root, where the owner may not: what is not there yet, or is root's or the owner's already and stays so.
Result<base::UniqueFd> open_as_root(const std::string& path, const Identity& owner) {
  const auto place = Place::find(path);
  if (!place) return fail(place);
  const auto there = place->look();
  if (!there && errno == ENOENT) return make_and_give(*place, owner);
  if (!there) return fail(std::strerror(errno));
  if (!is_ours(*there, owner)) return not_for(owner, kind_of(*there));
  base::UniqueFd file{::openat(place->directory(), place->name(), kFlags)};
  struct stat opened {};
  if (!file || ::fstat(file.get(), &opened) != 0) return fail(base::opening_failed(errno));
  if (!is_ours(opened, owner)) return not_for(owner, kind_of(opened));
  return file;
}

bool is_refusal(int error) { return error == EACCES || error == EPERM; }

/// 0, or errno.
int access_obstacle(const std::string& path, int rights) {
  return ::faccessat(AT_FDCWD, path.c_str(), rights, AT_EACCESS) == 0 ? 0 : errno;
}

}  // namespace

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

int making_obstacle(const std::string& path) { return access_obstacle(directory_of(path), W_OK | X_OK); }

int writing_obstacle(const std::string& path) {
  struct stat there {};
  if (::stat(path.c_str(), &there) != 0) return errno == ENOENT ? making_obstacle(path) : errno;
  return S_ISDIR(there.st_mode) ? EISDIR : access_obstacle(path, W_OK);
}

Result<OwnedFile> open_log(const std::string& path, const std::optional<Identity>& owner) {
  tl::expected<base::UniqueFd, int> file;
  if (owner) {
    const ActingAs acting{*owner};
    if (!acting) return cannot_act_as(*owner);
    file = base::open_to_append(path);
  } else {
    file = base::open_to_append(path);
  }
  if (file) return OwnedFile{std::move(*file), true};
  if (!owner || !is_refusal(file.error())) return fail(base::opening_failed(file.error()));
  auto made = open_as_root(path, *owner);
  if (!made) return fail(made);
  const ActingAs acting{*owner};
  return OwnedFile{std::move(*made), writing_obstacle(path) == 0};
}

Result<void> would_open_log(const std::string& path, const std::optional<Identity>& owner) {
  int error = 0;
  if (owner) {
    const ActingAs acting{*owner};
    if (!acting) return cannot_act_as(*owner);
    error = writing_obstacle(path);
  } else {
    error = writing_obstacle(path);
  }
  if (error == 0) return {};
  if (!owner || !is_refusal(error)) return fail(std::strerror(error));
  const auto place = Place::find(path);
  if (!place) return fail(place);
  const auto there = place->look();
  if (there && !is_ours(*there, *owner)) return not_for(*owner, kind_of(*there));
  return {};
}

Result<void> give_socket(const std::string& path, const Identity& owner) {
  const auto place = Place::find(path);
  if (!place) return fail(place);
  const base::UniqueFd file{::openat(place->directory(), place->name(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
  struct stat found {};
  if (!file || ::fstat(file.get(), &found) != 0) return fail(std::strerror(errno));
  // One name: it is no other service's socket with a second name here.
  if (!S_ISSOCK(found.st_mode) || found.st_uid != ::geteuid() || found.st_nlink != 1)
    return fail("another file took its place meanwhile");
  if (found.st_uid == owner.uid && found.st_gid == owner.gid) return {};
  if (::fchownat(file.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH) == 0) return {};
  return fail(std::strerror(errno));
}

}  // namespace orrery::os
