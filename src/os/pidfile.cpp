#include "os/pidfile.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "os/place.hpp"

namespace orrery::os {

namespace {

constexpr mode_t kMode = 0644;
constexpr std::size_t kMostRead = 4096;
constexpr const char* kNoPid = "exists and holds no pid; remove it or choose another path";

/// The content without what means nothing: blanks, line ends, and the NUL bytes that a file system writes
/// after a power failure.
std::string read_content(int fd) {
  std::array<char, kMostRead> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  std::string_view content(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  constexpr std::string_view kNothing{" \t\r\n\0", 5};
  content.remove_prefix(std::min(content.find_first_not_of(kNothing), content.size()));
  return std::string{content.substr(0, content.find_last_not_of(kNothing) + 1)};
}

bool is_pid(const std::string& text) {
  return text.size() <= 10 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Why what lies there is no pid file; empty = it may be one. Root trusts only its own file with one name:
/// others could change the pid in theirs, and a second name may be one of a file that root must not write.
std::string objection(const struct stat& found, const Place& place) {
  if (S_ISLNK(found.st_mode)) return fmt::format("is a link to {}; name the file itself", place.target());
  if (!S_ISREG(found.st_mode)) return "is no regular file; remove it or choose another path";
  if (found.st_size > static_cast<off_t>(kMostRead)) return kNoPid;
  if (::geteuid() != 0) return "";
  if (found.st_uid != 0)
    return fmt::format("belongs to uid {} and not to root; remove it or choose another path", found.st_uid);
  return found.st_nlink == 1 ? "" : "has a second name (a hard link); remove it or choose another path";
}

Result<base::UniqueFd> open_at(const Place& place, const std::string& path) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  std::string why;
  // Looked at before it is opened, for opening a device does something, and after, for it may be another by
  // then.
  if (const auto there = place.look()) why = objection(*there, place);
  if (!why.empty()) return fail(fmt::format("pidfile {} {}", path, why));
  base::UniqueFd fd{::openat(place.directory(), place.name(), kFlags, kMode)};
  struct stat opened {};
  if (!fd || ::fstat(fd.get(), &opened) != 0)
    return fail(fmt::format("cannot open pidfile {}: {}", path, std::strerror(errno)));
  // No name: it was removed meanwhile.
  if (opened.st_nlink > 0) why = objection(opened, place);
  if (!why.empty()) return fail(fmt::format("pidfile {} {}", path, why));
  return fd;
}

bool same_file(int fd, const Place& place) {
  struct stat open {};
  const auto named = place.look();
  return named && ::fstat(fd, &open) == 0 && open.st_ino == named->st_ino && open.st_dev == named->st_dev;
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto result = std::filesystem::absolute(path, error);
  return error ? path : result.string();
}

}  // namespace

std::string Pidfile::objection(const std::string& path) {
  const auto place = Place::find(path);
  if (!place) return place.error().message;
  const auto there = place->look();
  if (!there) return "";
  if (std::string why = os::objection(*there, *place); !why.empty()) return why;
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  const base::UniqueFd file{::openat(place->directory(), place->name(), kFlags)};
  if (!file) return fmt::format("cannot be opened: {}", std::strerror(errno));
  return is_pid(read_content(file.get())) ? "" : kNoPid;
}

Result<Pidfile> Pidfile::lock(const std::string& given) {
  const std::string path = absolute(given);
  for (;;) {
    const auto place = Place::find(path);
    if (!place) return fail(fmt::format("cannot open pidfile {}: {}", path, place.error().message));
    auto fd = open_at(*place, path);
    if (!fd) return fail(fd);
    if (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return fail(fmt::format("cannot lock pidfile {}: {}", path, std::strerror(errno)));
      const std::string holder = read_content(fd->get());
      if (holder.empty()) return fail(fmt::format("another master is just starting (pidfile {})", path));
      return fail(fmt::format("another master runs with pid {} (pidfile {})", holder, path));
    }
    // The former holder may have unlinked the file between our open and our lock: then we locked a name
    // nobody sees.
    if (!same_file(fd->get(), *place)) continue;
    if (const std::string held = read_content(fd->get()); !is_pid(held)) {
      return fail(fmt::format("pidfile {} {}", path, kNoPid));
    }
    return Pidfile{path, std::move(*fd)};
  }
}

Result<void> Pidfile::write() {
  const std::string text = fmt::format("{}\n", ::getpid());
  struct stat status {};
  const bool readable = ::fstat(fd_.get(), &status) == 0 && (status.st_mode & 07777) == kMode;
  const bool done = (readable || ::fchmod(fd_.get(), kMode) == 0) && ::ftruncate(fd_.get(), 0) == 0 &&
                    ::pwrite(fd_.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!done) return fail(fmt::format("cannot write pidfile {}: {}", path_, std::strerror(errno)));
  return {};
}

Result<void> Pidfile::rename(const std::string& given) {
  const std::string path = absolute(given);
  const auto failed = [&](const std::string& why) {
    return fail(fmt::format("cannot rename pidfile {} to {}: {}", path_, path, why));
  };
  const auto from = Place::find(path_);
  const auto to = Place::find(path);
  if (!from || !to) return failed(from ? to.error().message : from.error().message);
  if (!same_file(fd_.get(), *from)) return failed("another file took its place");
  if (::renameat(from->directory(), from->name(), to->directory(), to->name()) != 0)
    return failed(std::strerror(errno));
  path_ = path;
  return {};
}

Result<bool> Pidfile::make_again() {
  const auto place = Place::find(path_);
  if (!place) return fail(fmt::format("cannot make pidfile {} again: {}", path_, place.error().message));
  if (place->look() || errno != ENOENT) return false;
  auto made = lock(path_);
  if (!made) return fail(made);
  if (const auto written = made->write(); !written) return fail(written);
  *this = std::move(*made);
  return true;
}

void Pidfile::remove() {
  const auto place = Place::find(path_);
  if (!fd_ || !place || !same_file(fd_.get(), *place)) return;
  if (read_content(fd_.get()) == std::to_string(::getpid())) ::unlinkat(place->directory(), place->name(), 0);
}

void Pidfile::remove_of_dead(const std::string& path, pid_t pid) {
  const auto place = Place::find(absolute(path));
  if (!place || !place->look()) return;
  const auto left = lock(path);
  if (!left || !same_file(left->fd(), *place)) return;
  if (read_content(left->fd()) == std::to_string(pid)) ::unlinkat(place->directory(), place->name(), 0);
}

}  // namespace orrery::os
